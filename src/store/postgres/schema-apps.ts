/** Version 3 of the schema: what apps were allowed, and what signs people in to them. Directories all. */
export const apps = `
ALTER TABLE account ADD COLUMN pairwise text COLLATE "C";
ALTER TABLE app_grant ADD COLUMN data text COLLATE "C";
CREATE INDEX app_grant_client ON app_grant (client, account_id);
CREATE INDEX app_grant_expires ON app_grant (expires);

-- What was allowed is told apart by how it was written: two scopes may speak of one path, for different times.
ALTER TABLE grant_scope ADD COLUMN scope text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE grant_scope ALTER COLUMN scope DROP DEFAULT;
ALTER TABLE grant_scope ADD COLUMN created bigint;
ALTER TABLE grant_scope DROP CONSTRAINT grant_scope_pkey;
ALTER TABLE grant_scope ADD PRIMARY KEY (grant_id, scope, home_id, path);

CREATE TABLE grant_use (
  grant_id text COLLATE "C" NOT NULL, day bigint NOT NULL, account_id text COLLATE "C", count bigint,
  places text COLLATE "C", PRIMARY KEY (grant_id, day)
);
CREATE INDEX grant_use_account_id ON grant_use (account_id);
CREATE INDEX grant_use_day ON grant_use (day);

CREATE TABLE oauth_client (
  client_id text COLLATE "C" NOT NULL PRIMARY KEY, kind text COLLATE "C", data text COLLATE "C",
  created bigint, last_used bigint, expires bigint
);
CREATE INDEX oauth_client_kind ON oauth_client (kind);
CREATE INDEX oauth_client_expires ON oauth_client (expires);

CREATE TABLE oidc (
  hash text COLLATE "C" NOT NULL PRIMARY KEY, model text COLLATE "C", grant_id text COLLATE "C",
  account_id text COLLATE "C", uid text COLLATE "C", user_code text COLLATE "C", sealed text COLLATE "C",
  consumed bigint, created bigint, expires bigint
);
CREATE INDEX oidc_grant_id ON oidc (grant_id);
CREATE INDEX oidc_account_id ON oidc (account_id);
CREATE INDEX oidc_uid ON oidc (uid);
CREATE INDEX oidc_user_code ON oidc (user_code);
CREATE INDEX oidc_expires ON oidc (expires);
`
