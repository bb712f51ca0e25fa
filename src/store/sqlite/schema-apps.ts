/** Version 3 of the schema: what apps were allowed, and what signs people in to them. Directories all. */
export const apps = `
ALTER TABLE account ADD COLUMN pairwise TEXT;
ALTER TABLE app_grant ADD COLUMN data TEXT;
CREATE INDEX app_grant_client ON app_grant (client, account_id);
CREATE INDEX app_grant_expires ON app_grant (expires);

-- What was allowed is told apart by how it was written: two scopes may speak of one path, for different times.
DROP INDEX grant_scope_home_id;
ALTER TABLE grant_scope RENAME TO grant_scope_before;
CREATE TABLE grant_scope (
  grant_id TEXT NOT NULL, scope TEXT NOT NULL, home_id INTEGER NOT NULL, path TEXT NOT NULL, bits INTEGER,
  fields TEXT, created INTEGER, expires INTEGER, PRIMARY KEY (grant_id, scope, home_id, path)
) WITHOUT ROWID;
INSERT INTO grant_scope (grant_id, scope, home_id, path, bits, fields, created, expires)
  SELECT grant_id, '', home_id, path, bits, fields, NULL, expires FROM grant_scope_before;
DROP TABLE grant_scope_before;
CREATE INDEX grant_scope_home_id ON grant_scope (home_id);

CREATE TABLE grant_use (
  grant_id TEXT NOT NULL, day INTEGER NOT NULL, account_id TEXT, count INTEGER, places TEXT,
  PRIMARY KEY (grant_id, day)
) WITHOUT ROWID;
CREATE INDEX grant_use_account_id ON grant_use (account_id);
CREATE INDEX grant_use_day ON grant_use (day);

CREATE TABLE oauth_client (
  client_id TEXT NOT NULL PRIMARY KEY, kind TEXT, data TEXT, created INTEGER, last_used INTEGER,
  expires INTEGER
) WITHOUT ROWID;
CREATE INDEX oauth_client_kind ON oauth_client (kind);
CREATE INDEX oauth_client_expires ON oauth_client (expires);

CREATE TABLE oidc (
  hash TEXT NOT NULL PRIMARY KEY, model TEXT, grant_id TEXT, account_id TEXT, uid TEXT, user_code TEXT,
  sealed TEXT, consumed INTEGER, created INTEGER, expires INTEGER
) WITHOUT ROWID;
CREATE INDEX oidc_grant_id ON oidc (grant_id);
CREATE INDEX oidc_account_id ON oidc (account_id);
CREATE INDEX oidc_uid ON oidc (uid);
CREATE INDEX oidc_user_code ON oidc (user_code);
CREATE INDEX oidc_expires ON oidc (expires);
`
