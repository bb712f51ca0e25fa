/** Version 5 of the schema: accounts as Firefox knows them, and its devices. */
export const firefox = `
CREATE TABLE fxa_account (
  uid TEXT NOT NULL PRIMARY KEY, account_id TEXT, home_id INTEGER, generation INTEGER, client_state TEXT,
  verifier TEXT, sealed TEXT, password_made INTEGER, password_used INTEGER
) WITHOUT ROWID;
CREATE UNIQUE INDEX fxa_account_account_id ON fxa_account (account_id);
CREATE INDEX fxa_account_home_id ON fxa_account (home_id);
CREATE TABLE fxa_device (
  device_id TEXT NOT NULL PRIMARY KEY, account_id TEXT, home_id INTEGER, grant_id TEXT, name TEXT, type TEXT,
  commands TEXT, push TEXT, push_expired INTEGER, created INTEGER, seen INTEGER
) WITHOUT ROWID;
CREATE INDEX fxa_device_account_id ON fxa_device (account_id);
CREATE INDEX fxa_device_home_id ON fxa_device (home_id);
CREATE INDEX fxa_device_grant_id ON fxa_device (grant_id);
`
