/** Version 4 of the schema: the storages of Firefox Sync. */
export const storages = `
CREATE TABLE sync_user (
  uid INTEGER NOT NULL PRIMARY KEY, account_id TEXT, subject TEXT, home_id INTEGER, client_state TEXT,
  generation INTEGER, keys_changed_at INTEGER, created INTEGER, replaced INTEGER, due INTEGER
) WITHOUT ROWID;
CREATE INDEX sync_user_account_id ON sync_user (account_id);
CREATE INDEX sync_user_subject ON sync_user (subject);
CREATE INDEX sync_user_home_id ON sync_user (home_id);
CREATE INDEX sync_user_due ON sync_user (due);
`
