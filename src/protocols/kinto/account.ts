/** `/accounts/{login}`: somebody who signs in at this door with a password. No answer holds one. */
import type { Account, AccountErrorCode } from '../../core/accounts/index.ts'
import { CodedError } from '../../lib/coded-error.ts'
import { getOwn, type Json, type JsonObject } from '../../lib/json/index.ts'
import { checkPassword } from '../../identity/weak.ts'
import {
  type Answer,
  dataText,
  jsonAnswer,
  notModified,
  objectText,
  objectValue,
  revisionHeaders,
  tombstoneText,
} from './answer.ts'
import { checkAccept, contentType, patchTypes, plainTypes, readJson, readObjectBody } from './body.ts'
import type { Call, Door, Handler } from './call.ts'
import { checkConditions, isUnchanged, readConditions } from './conditions.ts'
import { errno, fault, KintoError, missing, unavailable } from './errors.ts'
import { applyPatch, partialAnswer, readBehavior, readPatch, touchesPermissions } from './patch.ts'
import { projector } from './projection.ts'
import { readObjectFields } from './query.ts'
import { attempts, isGranted, tooBusy } from './rights.ts'
import { refuse } from './verbs/object.ts'

/** Bytes of a password at most, whatever its strength. */
const maxPassword = 1024

/** Characters of a login at most. */
export const maxLogin = 64

export const loginPattern = /^[a-zA-Z0-9][+.@a-zA-Z0-9_-]*$/

/** No permissions are given on accounts: each is its person's alone. */
const permissionNames: readonly string[] = []

/** Whether whoever asks may do everything with every account. */
export async function administers(door: Door, call: Call): Promise<boolean> {
  return call.who.subject.grant === undefined && (await isGranted(door, call, 'account_write'))
}

/** Whether whoever asks may make accounts for others: administrators, the owner, and who the settings name. */
export async function mayMakeAccounts(door: Door, call: Call): Promise<boolean> {
  const { account, grant } = call.who.subject
  if (grant) return false
  return (
    account?.role === 'owner' ||
    (await isGranted(door, call, 'account_create')) ||
    (await isGranted(door, call, 'account_write'))
  )
}

export async function readsAll(door: Door, call: Call): Promise<boolean> {
  const { account, grant } = call.who.subject
  if (grant) return false
  return (
    account?.role === 'owner' ||
    (await isGranted(door, call, 'account_read')) ||
    (await isGranted(door, call, 'account_write'))
  )
}

const isSelf = (call: Call, account: Account | undefined): boolean =>
  account !== undefined && call.who.subject.account?.id === account.id && call.who.subject.grant === undefined

function checkLogin(login: unknown): string {
  if (typeof login !== 'string' || login.length > maxLogin || !loginPattern.test(login))
    throw fault('path', null, 'Invalid object id')
  return login
}

/** An account as clients see it. */
export const valueOf = ({ login, modified, attributes }: Account): JsonObject =>
  objectValue(login, modified, dataText(attributes as JsonObject))

function accountAnswer(door: Door, account: Account, status: number): Answer {
  const { login, modified, attributes } = account
  const permissions = JSON.stringify({ write: [door.names.ofLogin(login)] })
  return {
    status,
    headers: revisionHeaders(modified),
    body: `{"permissions":${permissions},"data":${objectText(login, modified, dataText(attributes as JsonObject))}}`,
  }
}

export const getAccount: Handler = async (door, call) => {
  checkAccept(call.headers)
  const conditions = readConditions(call.headers)
  const login = checkLogin(call.params.account)
  const fields = readObjectFields(call.address.query)
  const account = await door.accounts.byLogin(login)
  if (!isSelf(call, account) && !(await readsAll(door, call))) refuse(call)
  if (!account) throw missing(110, 'account', login)
  if (isUnchanged(conditions, account.modified)) return notModified(account.modified)
  checkConditions(conditions, account.modified, () => valueOf(account))
  const answer = accountAnswer(door, account, 200)
  const headers = [...answer.headers, 'Cache-Control', 'no-cache, no-store']
  if (fields) return jsonAnswer(200, { data: projector(fields)(valueOf(account)) }, headers)
  return { ...answer, headers }
}

interface Wanted {
  attributes: JsonObject
  password: string
}

/** The data of a PUT or POST. Throws 400. */
function readWanted(door: Door, call: Call, id: string | undefined): Wanted & { login: string } {
  contentType(call.headers, plainTypes)
  const { data } = readObjectBody(readJson(call.body, door.settings.bodyLimit), permissionNames)
  const given = data && getOwn(data, 'id')
  if (id === undefined && given === undefined) throw fault('body', 'data.id', 'data.id in body: Required')
  const login = checkLogin(id ?? given)
  if (id !== undefined && given !== undefined && given !== id)
    throw fault('body', 'id', 'Object id does not match existing object')
  if (!data) throw fault('body', 'data', 'data in body: Required')
  const { password, ...attributes } = data
  return { login, attributes: own(attributes), password: readPassword(door, password, login) }
}

/** Attributes without what the account's row says already. */
const own = (attributes: JsonObject): JsonObject => JSON.parse(dataText(attributes)) as JsonObject

function readPassword({ settings }: Door, password: Json | undefined, login: string): string {
  if (password === undefined || password === null || password === '')
    throw fault('body', 'data.password', 'data.password in body: Required')
  if (typeof password !== 'string') throw fault('body', 'data.password', 'should be a string')
  if (Buffer.byteLength(password) > maxPassword || !password.isWellFormed())
    throw fault('body', 'data.password', `should have at most ${maxPassword} bytes`)
  const weakness = settings.weakPasswords ? undefined : checkPassword(password, login)
  if (weakness !== undefined) throw fault('body', 'data.password', `This password is ${weakness}`)
  return password
}

export const putAccount: Handler = async (door, call) => {
  checkAccept(call.headers)
  const conditions = readConditions(call.headers)
  const wanted = readWanted(door, call, checkLogin(call.params.account))
  for (let attempt = 0; attempt < attempts; attempt++) {
    const account = await door.accounts.byLogin(wanted.login)
    const mayMake = await maySignUp(door, call, wanted.login)
    const allowed = account
      ? isSelf(call, account) || (await administers(door, call)) || (mayMake && conditions.noneMatch === '*')
      : mayMake
    if (!allowed) refuse(call)
    checkConditions(conditions, account?.modified, () =>
      isSelf(call, account) ? valueOf(account!) : undefined,
    )
    if (!account) {
      const made = await create(door, wanted)
      if (made) return accountAnswer(door, made, 201)
    } else {
      const changed = await change(door, account, wanted)
      if (changed) return accountAnswer(door, changed, 200)
    }
  }
  throw tooBusy(door.settings)
}

/** Whether this login may be signed up: people make an account for themselves, administrators for anybody. */
async function maySignUp(door: Door, call: Call, login: string): Promise<boolean> {
  if (!(await mayMakeAccounts(door, call))) return false
  const { account } = call.who.subject
  return (
    account === undefined ||
    account.role === 'owner' ||
    (await administers(door, call)) ||
    account.login === login
  )
}

export const postAccount: Handler = async (door, call) => {
  checkAccept(call.headers)
  const conditions = readConditions(call.headers)
  const wanted = readWanted(door, call, undefined)
  for (let attempt = 0; attempt < attempts; attempt++) {
    const account = await door.accounts.byLogin(wanted.login)
    if (account) {
      if (!isSelf(call, account) && !(await readsAll(door, call))) refuse(call)
      checkConditions(conditions, account.modified, () => valueOf(account))
      return accountAnswer(door, account, 200)
    }
    if (!(await maySignUp(door, call, wanted.login))) refuse(call)
    checkConditions(conditions, undefined)
    const made = await create(door, wanted)
    if (made) return accountAnswer(door, made, 201)
  }
  throw tooBusy(door.settings)
}

/** Makes an account; undefined if somebody was faster. */
async function create(
  door: Door,
  { login, attributes, password }: Wanted & { login: string },
): Promise<Account | undefined> {
  try {
    const directHash = await door.passwords.hash(password)
    return await door.accounts.create({ login, door: 'kinto', attributes, directHash })
  } catch (error) {
    if (codeOf(error) === 'login-taken' && (await door.accounts.byLogin(login))) return undefined
    throw accountError(error)
  }
}

/** Changes an account; undefined if it changed or went meanwhile. */
async function change(
  door: Door,
  account: Account,
  { attributes, password }: { attributes: JsonObject; password: string | undefined },
): Promise<Account | undefined> {
  try {
    const directHash = password === undefined ? undefined : await door.passwords.hash(password)
    const set = { attributes, ...(directHash !== undefined && { directHash }) }
    return await door.accounts.change(account.id, set, account.modified)
  } catch (error) {
    if (codeOf(error) === 'account-changed' || codeOf(error) === 'account-absent') return undefined
    throw accountError(error)
  }
}

export const patchAccount: Handler = async (door, call) => {
  checkAccept(call.headers)
  const type = contentType(call.headers, patchTypes)
  const conditions = readConditions(call.headers)
  const behavior = readBehavior(call.headers)
  const login = checkLogin(call.params.account)
  const patch = readPatch(readJson(call.body, door.settings.bodyLimit), type, permissionNames)
  if (touchesPermissions(patch)) throw fault('body', 'permissions', 'Accounts can not be shared')
  for (let attempt = 0; attempt < attempts; attempt++) {
    const account = await reachAccount(door, call, login)
    checkConditions(conditions, account.modified, () => valueOf(account))
    const before = valueOf(account)
    const { data, sent } = applyPatch(patch, { data: before, permissions: new Map() }, permissionNames)
    if (getOwn(data, 'id') !== account.login)
      throw fault('body', 'id', 'Object id does not match existing object')
    const { password, ...attributes } = data
    const secret = password === undefined ? undefined : readPassword(door, password, account.login)
    const changed = await change(door, account, { attributes: own(attributes), password: secret })
    if (!changed) continue
    if (behavior === 'full') return accountAnswer(door, changed, 200)
    const partial = partialAnswer(behavior, before, sent, valueOf(changed))
    return jsonAnswer(200, { data: partial ?? {} }, revisionHeaders(changed.modified))
  }
  throw tooBusy(door.settings)
}

/** The account that a request is about, if it may change it. Throws 401, 403, 404. */
async function reachAccount(door: Door, call: Call, login: string): Promise<Account> {
  const account = await door.accounts.byLogin(login)
  if (isSelf(call, account) && account) return account
  if (!(await administers(door, call))) refuse(call)
  if (!account) throw missing(110, 'account', login)
  return account
}

export const deleteAccount: Handler = async (door, call) => {
  checkAccept(call.headers)
  const conditions = readConditions(call.headers)
  const login = checkLogin(call.params.account)
  for (let attempt = 0; attempt < attempts; attempt++) {
    const account = await reachAccount(door, call, login)
    checkConditions(conditions, account.modified, () => valueOf(account))
    const modified = await remove(door, account)
    if (modified === undefined) continue
    return {
      status: 200,
      headers: revisionHeaders(modified),
      body: `{"data":${tombstoneText(account.login, modified)}}`,
    }
  }
  throw tooBusy(door.settings)
}

/** Ends an account; undefined if it changed meanwhile. */
export async function remove(door: Door, account: Account): Promise<number | undefined> {
  try {
    return await door.accounts.remove(account.id, account.modified)
  } catch (error) {
    if (codeOf(error) === 'account-changed') return undefined
    throw accountError(error)
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof CodedError ? error.code : undefined
}

/** An error of accounts and passwords, as clients are told. */
function accountError(error: unknown): unknown {
  switch (codeOf(error) as AccountErrorCode | 'busy' | undefined) {
    case 'busy':
      return unavailable(
        'Too many passwords are being checked',
        Number((error as CodedError).details['retryAfter']),
      )
    case 'login-malformed':
      return fault('path', null, 'Invalid object id')
    case 'login-reserved':
    case 'login-taken':
      return new KintoError(403, errno.forbidden, 'This login is reserved.')
    case 'no-owner':
      return new KintoError(403, errno.forbidden, 'Accounts can be made when the server has an owner.')
    case 'owner-stays':
      return new KintoError(403, errno.forbidden, 'The account of the owner stays.')
    case 'attributes-too-large':
      return new KintoError(413, errno.tooLarge, 'The account has too much data')
    default:
      return error
  }
}
