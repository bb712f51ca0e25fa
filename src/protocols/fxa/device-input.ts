/** What a browser says of itself, checked. Mozilla's rules, as its server and its clients know them. */
import { isJsonObject, type Json, type JsonObject } from '../../lib/json/index.ts'
import { badParameter } from './errors.ts'
import { isAuth, isEndpoint, isPublicKey, type Subscription } from './subscription.ts'

/** Absent: not said. */
export interface DeviceInput {
  id?: string
  name?: string
  type?: string
  /** Null: it can not be reached. */
  push?: Subscription | null
  commands?: Record<string, string>
}

/** Commands that a browser can take, and characters that it may say of each. */
const maxCommands = 32
const maxCommandText = 2_048

/** What is left out would be shown as nothing, or as something else than it is. */
// oxlint-disable-next-line no-control-regex
const unfit = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ue000-\uf8ff\ufff9-\ufffc\ufffe\uffff]/

export const isDeviceId = (value: unknown): value is string =>
  typeof value === 'string' && /^[0-9a-f]{32}$/.test(value)

export const isCommandName = (value: unknown): value is string =>
  typeof value === 'string' && /^[\w./:-]{1,100}$/.test(value)

const isName = (value: Json): value is string =>
  typeof value === 'string' &&
  value.length <= 255 &&
  value.trim() !== '' &&
  value.isWellFormed() &&
  !unfit.test(value)

const isType = (value: Json): value is string =>
  typeof value === 'string' && /^[a-z][a-z0-9-]{0,15}$/i.test(value)

/** Throws the errors 107 and 108. */
export function readDevice(body: JsonObject): DeviceInput {
  const { id, name, type, availableCommands: commands } = body
  if (id !== undefined && !isDeviceId(id)) throw badParameter('id', id)
  if (name !== undefined && !isName(name)) throw badParameter('name', name)
  if (type !== undefined && !isType(type)) throw badParameter('type', type)
  const push = readPush(body)
  return {
    ...(id === undefined ? {} : { id }),
    ...(name === undefined ? {} : { name }),
    ...(type === undefined ? {} : { type }),
    ...(push === undefined ? {} : { push }),
    ...(commands === undefined ? {} : { commands: readCommands(commands) }),
  }
}

/** COMPAT Firefox: without keys it leaves both out; an empty address takes the address away, as null does. */
function readPush(body: JsonObject): Subscription | null | undefined {
  const { pushCallback: endpoint, pushPublicKey, pushAuthKey } = body
  const [publicKey, auth] = [given(pushPublicKey), given(pushAuthKey)]
  if (endpoint === undefined || endpoint === null || endpoint === '') {
    if (publicKey !== undefined || auth !== undefined)
      throw badParameter('pushCallback', endpoint ?? undefined)
    return endpoint === undefined ? undefined : null
  }
  if (typeof endpoint !== 'string' || !isEndpoint(endpoint)) throw badParameter('pushCallback', endpoint)
  if (publicKey === undefined && auth === undefined) return { endpoint, keys: null }
  if (typeof publicKey !== 'string' || !isPublicKey(publicKey)) throw badParameter('pushPublicKey', publicKey)
  if (typeof auth !== 'string' || !isAuth(auth)) throw badParameter('pushAuthKey', auth)
  return { endpoint, keys: { publicKey, auth } }
}

const given = (value: Json | undefined): Json | undefined =>
  value === null || value === '' ? undefined : value

function readCommands(value: Json): Record<string, string> {
  if (!isJsonObject(value)) throw badParameter('availableCommands', value)
  const entries = Object.entries(value)
  if (entries.length > maxCommands || !entries.every(isCommand))
    throw badParameter('availableCommands', value)
  return Object.fromEntries(entries) as Record<string, string>
}

const isCommand = ([name, told]: [string, Json]): boolean =>
  isCommandName(name) && typeof told === 'string' && told.length <= maxCommandText && told.isWellFormed()
