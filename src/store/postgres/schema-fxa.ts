/** Version 5 of the schema: accounts as Firefox knows them, and its devices. */
export const firefox = `
CREATE TABLE fxa_account (
  uid text COLLATE "C" NOT NULL PRIMARY KEY, account_id text COLLATE "C", home_id bigint, generation bigint,
  client_state text COLLATE "C", verifier text COLLATE "C", sealed text COLLATE "C", password_made bigint,
  password_used bigint
);
CREATE UNIQUE INDEX fxa_account_account_id ON fxa_account (account_id);
CREATE INDEX fxa_account_home_id ON fxa_account (home_id);
CREATE TABLE fxa_device (
  device_id text COLLATE "C" NOT NULL PRIMARY KEY, account_id text COLLATE "C", home_id bigint,
  grant_id text COLLATE "C", name text COLLATE "C", type text COLLATE "C", commands text COLLATE "C",
  push text COLLATE "C", push_expired bigint, created bigint, seen bigint
);
CREATE INDEX fxa_device_account_id ON fxa_device (account_id);
CREATE INDEX fxa_device_home_id ON fxa_device (home_id);
CREATE INDEX fxa_device_grant_id ON fxa_device (grant_id);
`
