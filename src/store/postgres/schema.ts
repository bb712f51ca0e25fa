/**
 * Version 1 of the schema: homes and what they own, then the directories. Texts compare by their
 * bytes, whatever the database's own collation. Rows that change with every commit leave room in
 * their pages, so that no index has to follow.
 *
 * All indexes of a table but one have a condition, which may be one that always holds, as `seq >= 0`:
 * only statements that repeat it use them. Otherwise the planner, as long as it knows nothing of a
 * new table, takes an index that shares the first columns for as good as the right one.
 */
export const foundation = `
CREATE TABLE home (
  home_id bigint NOT NULL PRIMARY KEY, kind text COLLATE "C" NOT NULL, owner text COLLATE "C", payer bigint,
  state text COLLATE "C" NOT NULL, epoch bigint NOT NULL, created bigint NOT NULL, base_clock bigint NOT NULL,
  seq bigint NOT NULL, floor_seq bigint NOT NULL, perm_seq bigint NOT NULL, next_cid bigint NOT NULL,
  records bigint NOT NULL, bytes bigint NOT NULL, collections bigint NOT NULL, max_records bigint,
  max_bytes bigint, ends bigint
) WITH (fillfactor = 50);
-- Totals of what a home pays for.
CREATE INDEX home_payer ON home (payer, home_id) WHERE payer IS NOT NULL;
-- The sweep's: homes that end, and ended ones.
CREATE INDEX home_ends ON home (ends) WHERE ends IS NOT NULL;
CREATE INDEX home_ended ON home (home_id) WHERE state = 'ended';

CREATE TABLE collection (
  home_id bigint NOT NULL, path text COLLATE "C" NOT NULL, parent text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL, cid bigint, clock bigint NOT NULL, born bigint NOT NULL, seq bigint NOT NULL,
  deep_seq bigint NOT NULL, records bigint NOT NULL, children bigint NOT NULL, bytes bigint NOT NULL,
  fields text COLLATE "C"
) WITH (fillfactor = 50);
CREATE UNIQUE INDEX collection_path ON collection (home_id, path);
CREATE UNIQUE INDEX collection_cid ON collection (home_id, cid) WHERE cid >= 0;
CREATE INDEX collection_parent ON collection (home_id, parent, name) WHERE parent >= '';
CREATE INDEX collection_seq ON collection (home_id, seq) WHERE seq >= 0;
-- The sweep's: indexes to be built. A field's own name is never followed by a colon.
CREATE INDEX collection_building ON collection (home_id, path) WHERE strpos(fields, '"building":') > 0;

CREATE TABLE record (
  home_id bigint NOT NULL, cid bigint NOT NULL, id text COLLATE "C" NOT NULL, modified bigint NOT NULL,
  seq bigint NOT NULL, owner text COLLATE "C", deleted boolean NOT NULL, expires bigint, type text COLLATE "C",
  size bigint NOT NULL, data text COLLATE "C" NOT NULL, body bytea, blob bytea
);
CREATE UNIQUE INDEX record_id ON record (home_id, cid, id);
CREATE INDEX record_modified ON record (home_id, cid, modified, id) WHERE modified >= 0;
CREATE UNIQUE INDEX record_seq ON record (home_id, seq) WHERE seq >= 0;
-- Counts subtract what has expired and is not swept yet.
CREATE INDEX record_expires ON record (home_id, cid, expires) WHERE expires IS NOT NULL;
-- The sweep's: expired records, and tombstones past their time.
CREATE INDEX record_sweep ON record (expires) WHERE expires IS NOT NULL;
CREATE INDEX record_tombstone ON record (modified) WHERE deleted;

CREATE TABLE field_key (
  home_id bigint NOT NULL, cid bigint NOT NULL, field bigint NOT NULL, key bytea NOT NULL,
  id text COLLATE "C" NOT NULL, PRIMARY KEY (home_id, cid, field, key, id)
);

CREATE TABLE access (
  home_id bigint NOT NULL, path text COLLATE "C" NOT NULL, principal text COLLATE "C" NOT NULL,
  source text COLLATE "C" NOT NULL, bits bigint NOT NULL, expires bigint, seq bigint NOT NULL,
  PRIMARY KEY (home_id, path, principal, source)
);
CREATE INDEX access_seq ON access (home_id, seq) WHERE seq >= 0;

CREATE TABLE queue (
  home_id bigint NOT NULL, name text COLLATE "C" NOT NULL, ord bigint NOT NULL, topic text COLLATE "C",
  expires bigint NOT NULL, head text COLLATE "C" NOT NULL, body bytea
);
CREATE UNIQUE INDEX queue_ord ON queue (home_id, name, ord);
CREATE UNIQUE INDEX queue_topic ON queue (home_id, name, topic) WHERE topic IS NOT NULL;
CREATE INDEX queue_expires ON queue (expires);

CREATE TABLE staged (
  home_id bigint NOT NULL, batch text COLLATE "C" NOT NULL, ord bigint NOT NULL, expires bigint NOT NULL,
  id text COLLATE "C" NOT NULL, change text COLLATE "C" NOT NULL, PRIMARY KEY (home_id, batch, ord)
);
CREATE INDEX staged_expires ON staged (expires);

CREATE TABLE blob (
  home_id bigint NOT NULL, hash bytea NOT NULL, size bigint NOT NULL, refs bigint NOT NULL, zero_since bigint,
  PRIMARY KEY (home_id, hash)
);
CREATE INDEX blob_zero ON blob (zero_since) WHERE zero_since IS NOT NULL;

-- Contents without a collection, and (field not 0) keys of an index that is not declared any more.
CREATE TABLE dropped (
  home_id bigint NOT NULL, cid bigint NOT NULL, field bigint NOT NULL DEFAULT 0, PRIMARY KEY (home_id, cid, field)
);

CREATE TABLE account (
  account_id text COLLATE "C" NOT NULL PRIMARY KEY, login text COLLATE "C", folded text COLLATE "C",
  role text COLLATE "C", state text COLLATE "C", home_id bigint, attributes text COLLATE "C",
  door text COLLATE "C", created bigint, modified bigint, auth_seq bigint
);
CREATE UNIQUE INDEX account_folded ON account (folded);
CREATE INDEX account_home_id ON account (home_id);

CREATE TABLE credential (
  credential_id text COLLATE "C" NOT NULL PRIMARY KEY, account_id text COLLATE "C", kind text COLLATE "C",
  data text COLLATE "C", version bigint, created bigint, last_used bigint
);
CREATE INDEX credential_account_id_kind ON credential (account_id, kind);

CREATE TABLE app_grant (
  grant_id text COLLATE "C" NOT NULL PRIMARY KEY, account_id text COLLATE "C", kind text COLLATE "C",
  client text COLLATE "C", door text COLLATE "C", label text COLLATE "C", created bigint, expires bigint,
  last_used bigint, suspended bigint, revoked bigint, version bigint
);
CREATE INDEX app_grant_account_id ON app_grant (account_id);

CREATE TABLE grant_scope (
  grant_id text COLLATE "C" NOT NULL, home_id bigint NOT NULL, path text COLLATE "C" NOT NULL, bits bigint,
  fields text COLLATE "C", expires bigint, PRIMARY KEY (grant_id, home_id, path)
);
CREATE INDEX grant_scope_home_id ON grant_scope (home_id);

CREATE TABLE token (
  hash text COLLATE "C" NOT NULL PRIMARY KEY, kind text COLLATE "C", grant_id text COLLATE "C",
  account_id text COLLATE "C", created bigint, expires bigint
);
CREATE INDEX token_grant_id ON token (grant_id);
CREATE INDEX token_account_id ON token (account_id);
CREATE INDEX token_kind ON token (kind);

CREATE TABLE membership (
  principal text COLLATE "C" NOT NULL, group_principal text COLLATE "C" NOT NULL,
  PRIMARY KEY (principal, group_principal)
);
CREATE INDEX membership_group_principal ON membership (group_principal);

CREATE TABLE name (
  kind text COLLATE "C" NOT NULL, name text COLLATE "C" NOT NULL, home_id bigint, owner text COLLATE "C",
  until bigint, PRIMARY KEY (kind, name)
);
CREATE INDEX name_home_id ON name (home_id);

CREATE TABLE bucket (
  bucket_id text COLLATE "C" NOT NULL PRIMARY KEY, home_id bigint, modified bigint, deleted bigint
);
CREATE INDEX bucket_home_id ON bucket (home_id);

CREATE TABLE shared_with (
  principal text COLLATE "C" NOT NULL, home_id bigint NOT NULL, path text COLLATE "C" NOT NULL, bits bigint,
  expires bigint, PRIMARY KEY (principal, home_id, path)
);
CREATE INDEX shared_with_home_id_path ON shared_with (home_id, path);
`
