/** Version 4 of the schema: the storages of Firefox Sync. */
export const storages = `
CREATE TABLE sync_user (
  uid bigint NOT NULL PRIMARY KEY, account_id text COLLATE "C", subject text COLLATE "C", home_id bigint, client_state text COLLATE "C",
  generation bigint, keys_changed_at bigint, created bigint, replaced bigint, due bigint
);
CREATE INDEX sync_user_account_id ON sync_user (account_id);
CREATE INDEX sync_user_subject ON sync_user (subject);
CREATE INDEX sync_user_home_id ON sync_user (home_id);
CREATE INDEX sync_user_due ON sync_user (due);
`
