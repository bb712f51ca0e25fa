/** Version 2 of the schema: what accounts, their ways in and the pages need. Directories all. */
export const accounts = `
ALTER TABLE account ADD COLUMN ends INTEGER;
ALTER TABLE account ADD COLUMN invited_by TEXT;
ALTER TABLE account ADD COLUMN signed_in INTEGER;
ALTER TABLE account ADD COLUMN language TEXT;
CREATE INDEX account_state ON account (state);
CREATE INDEX account_ends ON account (ends);
CREATE INDEX account_invited_by ON account (invited_by);
ALTER TABLE token ADD COLUMN data TEXT;
CREATE INDEX token_expires ON token (expires);
CREATE INDEX name_until ON name (until);

CREATE TABLE session (
  session_id TEXT NOT NULL PRIMARY KEY, hash TEXT, account_id TEXT, method TEXT, created INTEGER,
  expires INTEGER, seen INTEGER, authenticated INTEGER, address TEXT, agent TEXT, browser TEXT
) WITHOUT ROWID;
CREATE UNIQUE INDEX session_hash ON session (hash);
CREATE INDEX session_account_id ON session (account_id);
CREATE INDEX session_expires ON session (expires);

CREATE TABLE browser (
  hash TEXT NOT NULL, account_id TEXT NOT NULL, agent TEXT, created INTEGER, seen INTEGER,
  PRIMARY KEY (hash, account_id)
) WITHOUT ROWID;
CREATE INDEX browser_account_id ON browser (account_id);
CREATE INDEX browser_seen ON browser (seen);

CREATE TABLE identity (
  issuer TEXT NOT NULL, subject TEXT NOT NULL, account_id TEXT, provider TEXT, label TEXT,
  created INTEGER, last_used INTEGER, PRIMARY KEY (issuer, subject)
) WITHOUT ROWID;
CREATE INDEX identity_account_id ON identity (account_id);

CREATE TABLE address (
  address_id TEXT NOT NULL PRIMARY KEY, account_id TEXT, address TEXT, folded TEXT, verified INTEGER,
  created INTEGER, taken TEXT
) WITHOUT ROWID;
CREATE INDEX address_account_id ON address (account_id);
CREATE INDEX address_folded ON address (folded);
CREATE UNIQUE INDEX address_taken ON address (taken);

CREATE TABLE recovery (
  account_id TEXT NOT NULL PRIMARY KEY, recovery_id TEXT, via TEXT, asked_by TEXT, created INTEGER,
  due INTEGER, expires INTEGER, hash TEXT, stop_hash TEXT
) WITHOUT ROWID;
CREATE UNIQUE INDEX recovery_hash ON recovery (hash);
CREATE UNIQUE INDEX recovery_stop_hash ON recovery (stop_hash);
CREATE INDEX recovery_expires ON recovery (expires);

CREATE TABLE invitation (
  invitation_id TEXT NOT NULL PRIMARY KEY, hash TEXT, account_id TEXT, role TEXT, label TEXT,
  most INTEGER, used INTEGER, created INTEGER, expires INTEGER
) WITHOUT ROWID;
CREATE UNIQUE INDEX invitation_hash ON invitation (hash);
CREATE INDEX invitation_account_id ON invitation (account_id);
CREATE INDEX invitation_expires ON invitation (expires);

CREATE TABLE pairing (
  hash TEXT NOT NULL PRIMARY KEY, poll_hash TEXT, account_id TEXT, data TEXT, created INTEGER,
  expires INTEGER
) WITHOUT ROWID;
CREATE UNIQUE INDEX pairing_poll_hash ON pairing (poll_hash);
CREATE INDEX pairing_account_id ON pairing (account_id);
CREATE INDEX pairing_expires ON pairing (expires);

CREATE TABLE log_entry (
  entry_id TEXT NOT NULL PRIMARY KEY, account_id TEXT, area TEXT, act TEXT, actor TEXT, details TEXT,
  address TEXT, agent TEXT, created INTEGER
) WITHOUT ROWID;
CREATE INDEX log_entry_account_id ON log_entry (account_id);
CREATE INDEX log_entry_area ON log_entry (area);
CREATE INDEX log_entry_actor ON log_entry (actor);
CREATE INDEX log_entry_created ON log_entry (created);

CREATE TABLE setting (
  name TEXT NOT NULL PRIMARY KEY, value TEXT, modified INTEGER, by_account TEXT
) WITHOUT ROWID;

CREATE TABLE outgoing_mail (
  mail_id TEXT NOT NULL PRIMARY KEY, account_id TEXT, due INTEGER, attempts INTEGER, created INTEGER,
  sealed TEXT
) WITHOUT ROWID;
CREATE INDEX outgoing_mail_account_id ON outgoing_mail (account_id);
CREATE INDEX outgoing_mail_due ON outgoing_mail (due);
`
