/** Version 2 of the schema: what accounts, their ways in and the pages need. Directories all. */
export const accounts = `
ALTER TABLE account ADD COLUMN ends bigint;
ALTER TABLE account ADD COLUMN invited_by text COLLATE "C";
ALTER TABLE account ADD COLUMN signed_in bigint;
ALTER TABLE account ADD COLUMN language text COLLATE "C";
CREATE INDEX account_state ON account (state);
CREATE INDEX account_ends ON account (ends);
CREATE INDEX account_invited_by ON account (invited_by);
ALTER TABLE token ADD COLUMN data text COLLATE "C";
CREATE INDEX token_expires ON token (expires);
CREATE INDEX name_until ON name (until);

CREATE TABLE session (
  session_id text COLLATE "C" NOT NULL PRIMARY KEY, hash text COLLATE "C",
  account_id text COLLATE "C", method text COLLATE "C", created bigint, expires bigint, seen bigint,
  authenticated bigint, address text COLLATE "C", agent text COLLATE "C", browser text COLLATE "C"
);
CREATE UNIQUE INDEX session_hash ON session (hash);
CREATE INDEX session_account_id ON session (account_id);
CREATE INDEX session_expires ON session (expires);

CREATE TABLE browser (
  hash text COLLATE "C" NOT NULL, account_id text COLLATE "C" NOT NULL, agent text COLLATE "C",
  created bigint, seen bigint, PRIMARY KEY (hash, account_id)
);
CREATE INDEX browser_account_id ON browser (account_id);
CREATE INDEX browser_seen ON browser (seen);

CREATE TABLE identity (
  issuer text COLLATE "C" NOT NULL, subject text COLLATE "C" NOT NULL, account_id text COLLATE "C",
  provider text COLLATE "C", label text COLLATE "C", created bigint, last_used bigint,
  PRIMARY KEY (issuer, subject)
);
CREATE INDEX identity_account_id ON identity (account_id);

CREATE TABLE address (
  address_id text COLLATE "C" NOT NULL PRIMARY KEY, account_id text COLLATE "C",
  address text COLLATE "C", folded text COLLATE "C", verified bigint, created bigint,
  taken text COLLATE "C"
);
CREATE INDEX address_account_id ON address (account_id);
CREATE INDEX address_folded ON address (folded);
CREATE UNIQUE INDEX address_taken ON address (taken);

CREATE TABLE recovery (
  account_id text COLLATE "C" NOT NULL PRIMARY KEY, recovery_id text COLLATE "C",
  via text COLLATE "C", asked_by text COLLATE "C", created bigint, due bigint, expires bigint,
  hash text COLLATE "C", stop_hash text COLLATE "C"
);
CREATE UNIQUE INDEX recovery_hash ON recovery (hash);
CREATE UNIQUE INDEX recovery_stop_hash ON recovery (stop_hash);
CREATE INDEX recovery_expires ON recovery (expires);

CREATE TABLE invitation (
  invitation_id text COLLATE "C" NOT NULL PRIMARY KEY, hash text COLLATE "C",
  account_id text COLLATE "C", role text COLLATE "C", label text COLLATE "C", most bigint,
  used bigint, created bigint, expires bigint
);
CREATE UNIQUE INDEX invitation_hash ON invitation (hash);
CREATE INDEX invitation_account_id ON invitation (account_id);
CREATE INDEX invitation_expires ON invitation (expires);

CREATE TABLE pairing (
  hash text COLLATE "C" NOT NULL PRIMARY KEY, poll_hash text COLLATE "C",
  account_id text COLLATE "C", data text COLLATE "C", created bigint, expires bigint
);
CREATE UNIQUE INDEX pairing_poll_hash ON pairing (poll_hash);
CREATE INDEX pairing_account_id ON pairing (account_id);
CREATE INDEX pairing_expires ON pairing (expires);

CREATE TABLE log_entry (
  entry_id text COLLATE "C" NOT NULL PRIMARY KEY, account_id text COLLATE "C", area text COLLATE "C",
  act text COLLATE "C", actor text COLLATE "C", details text COLLATE "C", address text COLLATE "C",
  agent text COLLATE "C", created bigint
);
CREATE INDEX log_entry_account_id ON log_entry (account_id);
CREATE INDEX log_entry_area ON log_entry (area);
CREATE INDEX log_entry_actor ON log_entry (actor);
CREATE INDEX log_entry_created ON log_entry (created);

CREATE TABLE setting (
  name text COLLATE "C" NOT NULL PRIMARY KEY, value text COLLATE "C", modified bigint,
  by_account text COLLATE "C"
);

CREATE TABLE outgoing_mail (
  mail_id text COLLATE "C" NOT NULL PRIMARY KEY, account_id text COLLATE "C", due bigint,
  attempts bigint, created bigint, sealed text COLLATE "C"
);
CREATE INDEX outgoing_mail_account_id ON outgoing_mail (account_id);
CREATE INDEX outgoing_mail_due ON outgoing_mail (due);
`
