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
  /** People and service accounts. `folded` is the case-folded login. `state`: active, suspended. */
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
    },
    key: ['account_id'],
    indexes: [['home_id']],
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
  /** What a person sees as an app or a device. */
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
    },
    key: ['grant_id'],
    indexes: [['account_id']],
  },
  grant_scope: {
    columns: {
      grant_id: 'text',
      home_id: 'integer',
      path: 'text',
      bits: 'integer',
      /** JSON text: the fields a contact or record may be read with; null for all. */
      fields: 'text',
      expires: 'integer',
    },
    key: ['grant_id', 'home_id', 'path'],
    indexes: [['home_id']],
  },
  /** Opaque tokens by SHA-256 (hexadecimal) of their text: app passwords, setup links. */
  token: {
    columns: {
      hash: 'text',
      kind: 'text',
      grant_id: 'text',
      account_id: 'text',
      created: 'integer',
      expires: 'integer',
    },
    key: ['hash'],
    indexes: [['grant_id'], ['account_id'], ['kind']],
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
    indexes: [['home_id']],
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
