/**
 * Directory tables: small, global, keyed by their own value instead of a home. They are written in
 * the transaction of the homes they speak of. Both adapters read and write them generically from
 * this description; their DDL is in the numbered migrations.
 */

export type Cell = string | number | null
export type Row = Readonly<Record<string, Cell>>

export interface TableShape {
  /** Column names (snake_case, as in SQL); the type decides the SQL type. */
  columns: Readonly<Record<string, 'text' | 'integer'>>
  key: readonly string[]
  /** Column lists by which rows may be looked up besides prefixes of the key. */
  indexes?: readonly (readonly string[])[]
  /** Column lists that are unique beside the key. */
  unique?: readonly (readonly string[])[]
}

const shapes = {
  /**
   * People and service accounts. `folded` is the case-folded login. `state`: active, waiting (for approval), suspended,
   * leaving (until `ends`, then it is purged).
   */
  account: {
    columns: {
      account_id: 'text',
      login: 'text',
      folded: 'text',
      role: 'text',
      state: 'text',
      home_id: 'integer',
      /** JSON text: what the person chose to keep with the account at a door. */
      attributes: 'text',
      /** The door that made it; null for the command line and setup. */
      door: 'text',
      created: 'integer',
      modified: 'integer',
      /** Version of everything that decides who she is: credentials, groups, state. */
      auth_seq: 'integer',
      /** When an account that is leaving is purged. */
      ends: 'integer',
      /** The account that invited her. */
      invited_by: 'text',
      /** Her last sign-in at our pages. */
      signed_in: 'integer',
      /** The language of mails to her. */
      language: 'text',
      /** The sealed salt of the names by which apps know her; made when the first app asks for one. */
      pairwise: 'text',
    },
    key: ['account_id'],
    indexes: [['home_id'], ['state'], ['ends'], ['invited_by']],
    unique: [['folded']],
  },
  /** Ways to prove who one is. `data` is JSON text by kind; secrets in it are hashed or sealed. */
  credential: {
    columns: {
      credential_id: 'text',
      account_id: 'text',
      kind: 'text',
      data: 'text',
      version: 'integer',
      created: 'integer',
      last_used: 'integer',
    },
    key: ['credential_id'],
    indexes: [['account_id', 'kind']],
  },
  /**
   * What a person sees as an app or a device. `kind`: app-password, app (`client` says which), token (made for a
   * script), browser (signed in to its own account, as Firefox is).
   */
  app_grant: {
    columns: {
      grant_id: 'text',
      account_id: 'text',
      kind: 'text',
      client: 'text',
      door: 'text',
      label: 'text',
      created: 'integer',
      expires: 'integer',
      last_used: 'integer',
      suspended: 'integer',
      revoked: 'integer',
      /** Moves with every change of the grant or its scopes; part of a permission memo's key. */
      version: 'integer',
      /** JSON text: where the app is from, what was asked and answered; null for app passwords. */
      data: 'text',
    },
    key: ['grant_id'],
    indexes: [['account_id'], ['client', 'account_id'], ['expires']],
  },
  grant_scope: {
    columns: {
      grant_id: 'text',
      /** As it is written (core/apps); empty for what was not allowed by a written scope. */
      scope: 'text',
      home_id: 'integer',
      path: 'text',
      bits: 'integer',
      /** JSON text: the fields a contact or record may be read with; null for all. */
      fields: 'text',
      /** When it was allowed; null: with the grant. */
      created: 'integer',
      expires: 'integer',
    },
    key: ['grant_id', 'scope', 'home_id', 'path'],
    indexes: [['home_id']],
  },
  /** How often a grant was used on a day (counted from 1970), and where: `places` is JSON text, bounded. */
  grant_use: {
    columns: { grant_id: 'text', day: 'integer', account_id: 'text', count: 'integer', places: 'text' },
    key: ['grant_id', 'day'],
    indexes: [['account_id'], ['day']],
  },
  /** Apps that may ask people. `kind`: registered (by itself), document (at its address), configured. */
  oauth_client: {
    columns: {
      client_id: 'text',
      kind: 'text',
      /** JSON text: its metadata; secrets in it are hashed. */
      data: 'text',
      created: 'integer',
      last_used: 'integer',
      expires: 'integer',
    },
    key: ['client_id'],
    indexes: [['kind'], ['expires']],
  },
  /** What the OAuth provider keeps, by SHA-256 of the id; `sealed` is all of it, the other columns are to find it by. */
  oidc: {
    columns: {
      hash: 'text',
      model: 'text',
      grant_id: 'text',
      account_id: 'text',
      /** SHA-256 of each, as the id itself. */
      uid: 'text',
      user_code: 'text',
      sealed: 'text',
      consumed: 'integer',
      created: 'integer',
      expires: 'integer',
    },
    key: ['hash'],
    indexes: [['grant_id'], ['account_id'], ['uid'], ['user_code'], ['expires']],
  },
  /**
   * Opaque tokens by SHA-256 (hexadecimal) of their text: access tokens and tokens for scripts, app passwords, setup
   * links, links in mails, and marks of what
   * was used once and must not be again. `data` is JSON text by kind.
   */
  token: {
    columns: {
      hash: 'text',
      kind: 'text',
      grant_id: 'text',
      account_id: 'text',
      created: 'integer',
      expires: 'integer',
      data: 'text',
    },
    key: ['hash'],
    indexes: [['grant_id'], ['account_id'], ['kind'], ['expires']],
  },
  /** Who is signed in at our pages, by the SHA-256 of the cookie. */
  session: {
    columns: {
      session_id: 'text',
      hash: 'text',
      account_id: 'text',
      /** How she signed in: password, passkey, words, provider, mail, device, setup, recovery. */
      method: 'text',
      created: 'integer',
      expires: 'integer',
      seen: 'integer',
      /** When she last proved who she is. */
      authenticated: 'integer',
      /** Prefix of the address (/24, /48), and the browser in a few words. */
      address: 'text',
      agent: 'text',
      /** SHA-256 of the browser's own cookie, where it is known (see `browser`). */
      browser: 'text',
    },
    key: ['session_id'],
    indexes: [['account_id'], ['expires']],
    unique: [['hash']],
  },
  /** Browsers that an account has signed in with: SHA-256 of their cookie. They have a throttle of their own. */
  browser: {
    columns: { hash: 'text', account_id: 'text', agent: 'text', created: 'integer', seen: 'integer' },
    key: ['hash', 'account_id'],
    indexes: [['account_id'], ['seen']],
  },
  /** Accounts elsewhere that open an account here; never found by e-mail address. */
  identity: {
    columns: {
      issuer: 'text',
      subject: 'text',
      account_id: 'text',
      /** The provider's id in the settings, and what it calls her. */
      provider: 'text',
      label: 'text',
      created: 'integer',
      last_used: 'integer',
    },
    key: ['issuer', 'subject'],
    indexes: [['account_id']],
  },
  /** E-mail addresses. One that is not verified gives no right; a verified one belongs to one account. */
  address: {
    columns: {
      address_id: 'text',
      account_id: 'text',
      address: 'text',
      folded: 'text',
      verified: 'integer',
      created: 'integer',
      /** `folded` once it is verified, so that it is so for one account only. */
      taken: 'text',
    },
    key: ['address_id'],
    indexes: [['account_id'], ['folded']],
    unique: [['taken']],
  },
  /** A recovery that waits: at most one of an account. `via`: mail, administrator. */
  recovery: {
    columns: {
      account_id: 'text',
      recovery_id: 'text',
      via: 'text',
      asked_by: 'text',
      created: 'integer',
      due: 'integer',
      expires: 'integer',
      /** SHA-256 of the secret with which it is finished, and of the one that stops it. */
      hash: 'text',
      stop_hash: 'text',
    },
    key: ['account_id'],
    indexes: [['expires']],
    unique: [['hash'], ['stop_hash']],
  },
  /** Invitations, by SHA-256 of what stands in their link. `account_id` invited. */
  invitation: {
    columns: {
      invitation_id: 'text',
      hash: 'text',
      account_id: 'text',
      role: 'text',
      label: 'text',
      /** How often it may be used, and was. */
      most: 'integer',
      used: 'integer',
      created: 'integer',
      expires: 'integer',
    },
    key: ['invitation_id'],
    indexes: [['account_id'], ['expires']],
    unique: [['hash']],
  },
  /** A device that asks to be added, by SHA-256 of its meeting point; `poll_hash` is of what the new device shows. */
  pairing: {
    columns: {
      hash: 'text',
      poll_hash: 'text',
      account_id: 'text',
      /** JSON text: the new device's key, then what the old device sealed to it. */
      data: 'text',
      created: 'integer',
      expires: 'integer',
    },
    key: ['hash'],
    indexes: [['account_id'], ['expires']],
    unique: [['poll_hash']],
  },
  /**
   * What was done, newest first: `entry_id` counts down. `account_id` is whom it concerns (null: the server),
   * `area` server for acts of administration, person for her own.
   */
  log_entry: {
    columns: {
      entry_id: 'text',
      account_id: 'text',
      area: 'text',
      act: 'text',
      /**
       * The account that did it; null: she herself without being signed in, or the operator at the command line;
       * `gone`: somebody whose account was purged since.
       */
      actor: 'text',
      /** JSON text: what the sentence about it needs. No secrets, no contents. */
      details: 'text',
      address: 'text',
      agent: 'text',
      created: 'integer',
    },
    key: ['entry_id'],
    indexes: [['account_id'], ['area'], ['actor'], ['created']],
  },
  /** What administrators set at the pages: JSON text by name; secrets in it are sealed. */
  setting: {
    columns: { name: 'text', value: 'text', modified: 'integer', by_account: 'text' },
    key: ['name'],
  },
  /** Mails that were promised and not yet taken by the mail server. `sealed` holds address, subject and text. */
  outgoing_mail: {
    columns: {
      mail_id: 'text',
      account_id: 'text',
      due: 'integer',
      attempts: 'integer',
      created: 'integer',
      sealed: 'text',
    },
    key: ['mail_id'],
    indexes: [['account_id'], ['due']],
  },
  /** Who is in which group, flattened: principal -> group principal. */
  membership: {
    columns: { principal: 'text', group_principal: 'text' },
    key: ['principal', 'group_principal'],
    indexes: [['group_principal']],
  },
  /** Names that were used and stay reserved: kind (login, bucket), until (null: for ever). */
  name: {
    columns: { kind: 'text', name: 'text', home_id: 'integer', owner: 'text', until: 'integer' },
    key: ['kind', 'name'],
    indexes: [['home_id'], ['until']],
  },
  /**
   * Kinto's buckets: id -> home. `modified` is the bucket's last_modified; `deleted` is 1 for a
   * tombstone. The row with the empty id carries the clock of the list of all buckets.
   */
  bucket: {
    columns: { bucket_id: 'text', home_id: 'integer', modified: 'integer', deleted: 'integer' },
    key: ['bucket_id'],
    indexes: [['home_id']],
  },
  /**
   * Storages of Firefox Sync: `uid` is in their address, `client_state` (hexadecimal) tells the key that locks what is in
   * them. A person whose key changes gets another one, and the one before is emptied when `due` comes.
   */
  sync_user: {
    columns: {
      uid: 'integer',
      /** Whose it is; null for people whose accounts are elsewhere. */
      account_id: 'text',
      /** Who that is elsewhere: the issuer and her name there; null for ours. */
      subject: 'text',
      home_id: 'integer',
      client_state: 'text',
      /** The latest that were seen, in milliseconds; 0: none was. */
      generation: 'integer',
      keys_changed_at: 'integer',
      created: 'integer',
      /** When another one took its place. */
      replaced: 'integer',
      due: 'integer',
    },
    key: ['uid'],
    indexes: [['account_id'], ['subject'], ['home_id'], ['due']],
  },
  /**
   * Accounts as Firefox knows them, from the first sign-in of a browser on. `uid` is 32 hexadecimal digits. `generation` is
   * the time (milliseconds) of the latest key of Sync that her pages spoke of, `client_state` (hexadecimal) tells that key.
   */
  fxa_account: {
    columns: {
      uid: 'text',
      account_id: 'text',
      home_id: 'integer',
      generation: 'integer',
      client_state: 'text',
      /** Of the generated password for other programs: a hash; null: she has none. */
      verifier: 'text',
      /** JSON text of what that password gives, sealed. */
      sealed: 'text',
      password_made: 'integer',
      password_used: 'integer',
    },
    key: ['uid'],
    indexes: [['home_id']],
    unique: [['account_id']],
  },
  /** Browsers that can be reached by her others; each is a grant's. `device_id` is 32 hexadecimal digits. */
  fxa_device: {
    columns: {
      device_id: 'text',
      account_id: 'text',
      home_id: 'integer',
      grant_id: 'text',
      name: 'text',
      type: 'text',
      /** JSON text: the commands that it takes, each with what its senders need. */
      commands: 'text',
      /** JSON text, sealed: its push address and keys; null: it has none. */
      push: 'text',
      /** When its push service said that the address is no more; null: it did not. */
      push_expired: 'integer',
      created: 'integer',
      seen: 'integer',
    },
    key: ['device_id'],
    indexes: [['account_id'], ['home_id'], ['grant_id']],
  },
  /** What a principal can reach in other homes: one row for each permission entry in force. */
  shared_with: {
    columns: { principal: 'text', home_id: 'integer', path: 'text', bits: 'integer', expires: 'integer' },
    key: ['principal', 'home_id', 'path'],
    indexes: [['home_id', 'path']],
  },
} as const satisfies Record<string, TableShape>

/**
 * Bounds of the principals of a home's groups, by bytes: from the first, inclusive, to the second,
 * exclusive (`;` follows `:`).
 */
export function groupRange(home: number): [from: string, to: string] {
  return [`group:${home}:`, `group:${home};`]
}

export const tables: Readonly<Record<keyof typeof shapes, TableShape>> = shapes
export type TableName = keyof typeof shapes

/** Equality on the columns of a prefix of the key, of an index, or of a unique column list. */
export type Where = Readonly<Record<string, Cell>>
