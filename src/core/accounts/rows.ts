/** Between rows of the directory tables and what the core speaks of. */
import type { JsonObject } from '../../lib/json/index.ts'
import type { Language, Row } from '../ports.ts'
import type { Account, AccountState, Credential, Grant, GrantData, GrantedScope, Role } from './types.ts'

const text = (row: Row, column: string): string => String(row[column])
const number = (row: Row, column: string): number => Number(row[column])
const optional = (row: Row, column: string): number | null => {
  const cell = row[column]
  return cell == null ? null : Number(cell)
}
const optionalText = (row: Row, column: string): string | null => {
  const cell = row[column]
  return cell == null ? null : String(cell)
}

export function accountOf(row: Row): Account {
  return {
    id: text(row, 'account_id'),
    login: text(row, 'login'),
    folded: text(row, 'folded'),
    role: text(row, 'role') as Role,
    state: text(row, 'state') as AccountState,
    home: number(row, 'home_id'),
    attributes: JSON.parse(text(row, 'attributes')) as JsonObject,
    door: row['door'] == null ? null : text(row, 'door'),
    created: number(row, 'created'),
    modified: number(row, 'modified'),
    authSeq: number(row, 'auth_seq'),
    ends: optional(row, 'ends'),
    invitedBy: optionalText(row, 'invited_by'),
    signedIn: optional(row, 'signed_in'),
    language: optionalText(row, 'language') as Language | null,
    pairwise: optionalText(row, 'pairwise'),
  }
}

export function accountRow(account: Account): Row {
  const { id, login, folded, role, state, home, attributes, door, created, modified, authSeq } = account
  return {
    account_id: id,
    login,
    folded,
    role,
    state,
    home_id: home,
    attributes: JSON.stringify(attributes),
    door,
    created,
    modified,
    auth_seq: authSeq,
    ends: account.ends,
    invited_by: account.invitedBy,
    signed_in: account.signedIn,
    language: account.language,
    pairwise: account.pairwise,
  }
}

export function credentialOf<Data>(row: Row): Credential<Data> {
  return {
    id: text(row, 'credential_id'),
    account: text(row, 'account_id'),
    data: JSON.parse(text(row, 'data')) as Data,
    version: number(row, 'version'),
    created: number(row, 'created'),
    lastUsed: optional(row, 'last_used'),
  }
}

export function credentialRow(kind: string, credential: Credential<unknown>): Row {
  const { id, account, data, version, created, lastUsed } = credential
  return {
    credential_id: id,
    account_id: account,
    kind,
    data: JSON.stringify(data),
    version,
    created,
    last_used: lastUsed,
  }
}

export function grantOf(row: Row, scopes: readonly Row[]): Grant {
  return {
    id: text(row, 'grant_id'),
    account: text(row, 'account_id'),
    kind: text(row, 'kind') as Grant['kind'],
    door: text(row, 'door'),
    label: text(row, 'label'),
    created: number(row, 'created'),
    expires: optional(row, 'expires'),
    lastUsed: optional(row, 'last_used'),
    suspended: row['suspended'] != null,
    version: number(row, 'version'),
    scopes: scopes.map(scopeOf),
    ...(row['client'] == null ? {} : { client: text(row, 'client') }),
    ...(row['data'] == null ? {} : { data: JSON.parse(text(row, 'data')) as GrantData }),
  }
}

/** `suspended` is the moment since when it is. */
export function grantRow(grant: Grant, suspended: number | null): Row {
  const { id, account, kind, client = null, door, label, created, expires, lastUsed, version, data } = grant
  return {
    grant_id: id,
    account_id: account,
    kind,
    client,
    door,
    label,
    created,
    expires,
    last_used: lastUsed,
    suspended,
    revoked: null,
    version,
    data: data === undefined ? null : JSON.stringify(data),
  }
}

function scopeOf(row: Row): GrantedScope {
  const expires = optional(row, 'expires')
  const since = optional(row, 'created')
  return {
    ...(text(row, 'scope') === '' ? {} : { scope: text(row, 'scope') }),
    ...(since === null ? {} : { since }),
    home: number(row, 'home_id'),
    path: text(row, 'path'),
    bits: number(row, 'bits'),
    ...(row['fields'] == null ? {} : { fields: JSON.parse(text(row, 'fields')) as string[] }),
    ...(expires === null ? {} : { expires }),
  }
}

export function scopeRow(grantId: string, granted: GrantedScope): Row {
  const { scope = '', since = null, home, path, bits, fields, expires } = granted
  return {
    grant_id: grantId,
    scope,
    home_id: home,
    path,
    bits,
    fields: fields === undefined ? null : JSON.stringify(fields),
    created: since,
    expires: expires ?? null,
  }
}
