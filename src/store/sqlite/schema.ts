/** Version 1 of the schema: homes and what they own, then the directories. */
export const foundation = `
CREATE TABLE meta (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE home (
  home_id INTEGER PRIMARY KEY, kind TEXT NOT NULL, owner TEXT, payer INTEGER, state TEXT NOT NULL,
  epoch INTEGER NOT NULL, created INTEGER NOT NULL, base_clock INTEGER NOT NULL, seq INTEGER NOT NULL,
  floor_seq INTEGER NOT NULL, perm_seq INTEGER NOT NULL, next_cid INTEGER NOT NULL, records INTEGER NOT NULL,
  bytes INTEGER NOT NULL, collections INTEGER NOT NULL, max_records INTEGER, max_bytes INTEGER, ends INTEGER
);
-- Totals of what a home pays for.
CREATE INDEX home_payer ON home (payer, home_id) WHERE payer IS NOT NULL;
-- The sweep's: homes that end, and ended ones.
CREATE INDEX home_ends ON home (ends) WHERE ends IS NOT NULL;
CREATE INDEX home_ended ON home (home_id) WHERE state = 'ended';

CREATE TABLE collection (
  home_id INTEGER NOT NULL, path TEXT NOT NULL, parent TEXT NOT NULL, name TEXT NOT NULL, cid INTEGER,
  clock INTEGER NOT NULL, born INTEGER NOT NULL, seq INTEGER NOT NULL, deep_seq INTEGER NOT NULL,
  records INTEGER NOT NULL, children INTEGER NOT NULL, bytes INTEGER NOT NULL, fields TEXT
);
CREATE UNIQUE INDEX collection_path ON collection (home_id, path);
CREATE UNIQUE INDEX collection_cid ON collection (home_id, cid);
CREATE INDEX collection_parent ON collection (home_id, parent, name);
CREATE INDEX collection_seq ON collection (home_id, seq);
-- The sweep's: indexes to be built. A field's own name is never followed by a colon.
CREATE INDEX collection_building ON collection (home_id, path) WHERE instr(fields, '"building":') > 0;

-- With a rowid: rows of some hundred bytes are read and written faster so than in the key's tree.
CREATE TABLE record (
  home_id INTEGER NOT NULL, cid INTEGER NOT NULL, id TEXT NOT NULL, modified INTEGER NOT NULL,
  seq INTEGER NOT NULL, owner TEXT, deleted INTEGER NOT NULL, expires INTEGER, type TEXT,
  size INTEGER NOT NULL, data TEXT NOT NULL, body BLOB, blob BLOB
);
CREATE UNIQUE INDEX record_id ON record (home_id, cid, id);
CREATE INDEX record_modified ON record (home_id, cid, modified, id);
CREATE UNIQUE INDEX record_seq ON record (home_id, seq);
-- Counts subtract what has expired and is not swept yet.
CREATE INDEX record_expires ON record (home_id, cid, expires) WHERE expires IS NOT NULL;
-- The sweep's: expired records, and tombstones past their time.
CREATE INDEX record_sweep ON record (expires) WHERE expires IS NOT NULL;
CREATE INDEX record_tombstone ON record (modified) WHERE deleted = 1;

CREATE TABLE field_key (
  home_id INTEGER NOT NULL, cid INTEGER NOT NULL, field INTEGER NOT NULL, key BLOB NOT NULL, id TEXT NOT NULL,
  PRIMARY KEY (home_id, cid, field, key, id)
) WITHOUT ROWID;

CREATE TABLE access (
  home_id INTEGER NOT NULL, path TEXT NOT NULL, principal TEXT NOT NULL, source TEXT NOT NULL,
  bits INTEGER NOT NULL, expires INTEGER, seq INTEGER NOT NULL, PRIMARY KEY (home_id, path, principal, source)
) WITHOUT ROWID;
CREATE INDEX access_seq ON access (home_id, seq);

CREATE TABLE queue (
  home_id INTEGER NOT NULL, name TEXT NOT NULL, ord INTEGER NOT NULL, topic TEXT, expires INTEGER NOT NULL,
  head TEXT NOT NULL, body BLOB
);
CREATE UNIQUE INDEX queue_ord ON queue (home_id, name, ord);
CREATE UNIQUE INDEX queue_topic ON queue (home_id, name, topic) WHERE topic IS NOT NULL;
CREATE INDEX queue_expires ON queue (expires);

CREATE TABLE staged (
  home_id INTEGER NOT NULL, batch TEXT NOT NULL, ord INTEGER NOT NULL, expires INTEGER NOT NULL,
  id TEXT NOT NULL, change TEXT NOT NULL, PRIMARY KEY (home_id, batch, ord)
) WITHOUT ROWID;
CREATE INDEX staged_expires ON staged (expires);

CREATE TABLE blob (
  home_id INTEGER NOT NULL, hash BLOB NOT NULL, size INTEGER NOT NULL, refs INTEGER NOT NULL,
  zero_since INTEGER, PRIMARY KEY (home_id, hash)
) WITHOUT ROWID;
CREATE INDEX blob_zero ON blob (zero_since) WHERE zero_since IS NOT NULL;

-- Contents without a collection, and (field not 0) keys of an index that is not declared any more.
CREATE TABLE dropped (
  home_id INTEGER NOT NULL, cid INTEGER NOT NULL, field INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (home_id, cid, field)
) WITHOUT ROWID;

CREATE TABLE account (
  account_id TEXT NOT NULL PRIMARY KEY, login TEXT, folded TEXT, role TEXT, state TEXT, home_id INTEGER,
  attributes TEXT, door TEXT, created INTEGER, modified INTEGER, auth_seq INTEGER
) WITHOUT ROWID;
CREATE UNIQUE INDEX account_folded ON account (folded);
CREATE INDEX account_home_id ON account (home_id);

CREATE TABLE credential (
  credential_id TEXT NOT NULL PRIMARY KEY, account_id TEXT, kind TEXT, data TEXT, version INTEGER,
  created INTEGER, last_used INTEGER
) WITHOUT ROWID;
CREATE INDEX credential_account_id_kind ON credential (account_id, kind);

CREATE TABLE app_grant (
  grant_id TEXT NOT NULL PRIMARY KEY, account_id TEXT, kind TEXT, client TEXT, door TEXT, label TEXT,
  created INTEGER, expires INTEGER, last_used INTEGER, suspended INTEGER, revoked INTEGER, version INTEGER
) WITHOUT ROWID;
CREATE INDEX app_grant_account_id ON app_grant (account_id);

CREATE TABLE grant_scope (
  grant_id TEXT NOT NULL, home_id INTEGER NOT NULL, path TEXT NOT NULL, bits INTEGER, fields TEXT,
  expires INTEGER, PRIMARY KEY (grant_id, home_id, path)
) WITHOUT ROWID;
CREATE INDEX grant_scope_home_id ON grant_scope (home_id);

CREATE TABLE token (
  hash TEXT NOT NULL PRIMARY KEY, kind TEXT, grant_id TEXT, account_id TEXT, created INTEGER, expires INTEGER
) WITHOUT ROWID;
CREATE INDEX token_grant_id ON token (grant_id);
CREATE INDEX token_account_id ON token (account_id);
CREATE INDEX token_kind ON token (kind);

CREATE TABLE membership (
  principal TEXT NOT NULL, group_principal TEXT NOT NULL, PRIMARY KEY (principal, group_principal)
) WITHOUT ROWID;
CREATE INDEX membership_group_principal ON membership (group_principal);

CREATE TABLE name (
  kind TEXT NOT NULL, name TEXT NOT NULL, home_id INTEGER, owner TEXT, until INTEGER, PRIMARY KEY (kind, name)
) WITHOUT ROWID;
CREATE INDEX name_home_id ON name (home_id);

CREATE TABLE bucket (
  bucket_id TEXT NOT NULL PRIMARY KEY, home_id INTEGER, modified INTEGER, deleted INTEGER
) WITHOUT ROWID;
CREATE INDEX bucket_home_id ON bucket (home_id);

CREATE TABLE shared_with (
  principal TEXT NOT NULL, home_id INTEGER NOT NULL, path TEXT NOT NULL, bits INTEGER, expires INTEGER,
  PRIMARY KEY (principal, home_id, path)
) WITHOUT ROWID;
CREATE INDEX shared_with_home_id_path ON shared_with (home_id, path);
`
