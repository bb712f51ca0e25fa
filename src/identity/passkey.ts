/**
 * Passkeys (WebAuthn level 3): discoverable, with user verification, of our own origin alone. Challenges are kept
 * nowhere. What the PRF extension gives unlocks a person's keys: it is computed and used in the page, and a message
 * that carries it is refused.
 */
import { createHmac } from 'node:crypto'
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server'
import { both, maxPasskeyId, passkeyUsedChange } from '../core/accounts/index.ts'
import type { Part, NewPasskey, Passkey } from '../core/accounts/index.ts'
import type { Clock, Store } from '../core/ports.ts'
import { CodedError } from '../lib/coded-error.ts'
import type { KeyRing } from '../lib/sealed.ts'
import { createChallenges } from './challenge.ts'
import type { ChallengeUse } from './challenge.ts'

/**
 * - `wrong`: not what was asked for, not of our origin, without verification of the user, or by no passkey of ours.
 * - `challenge-expired`: older than five minutes, used, or given to another browser or for another act.
 * - `prf-leaked`: the page sent what unlocks her keys.
 * - `passkey-copied`: the signature is older than one before, so that somebody may have a copy.
 */
export type PasskeyErrorCode = 'wrong' | 'challenge-expired' | 'prf-leaked' | 'passkey-copied'

/** Somebody may have a copy of this passkey; whoever catches it notes it in the person's log. */
export class PasskeyCopied extends CodedError<PasskeyErrorCode> {
  readonly passkey: Passkey
  constructor(passkey: Passkey) {
    super('passkey-copied', 'the signature is older than one before')
    this.passkey = passkey
  }
}

export interface Proof {
  passkey: Passkey
  /** For the commit of what the proof opens: uses up the challenge, and counts the signature. */
  beside: Required<Part>
}

export interface Passkeys {
  /** What the browser is asked to make a passkey with. `existing` are the account's: the same device is not taken twice. */
  creation(wanted: {
    account: string
    login: string
    serverName: string
    existing: readonly Passkey[]
    use: ChallengeUse
  }): Promise<PublicKeyCredentialCreationOptionsJSON>
  /** The passkey that a browser made. Errors: `wrong`, `challenge-expired`, `prf-leaked`. */
  created(
    response: unknown,
    use: ChallengeUse,
    name: string,
  ): Promise<{ passkey: NewPasskey; beside: Required<Part> }>
  /** What the browser is asked to sign; `allowed` names an account's passkeys, without it the person chooses. */
  request(use: ChallengeUse, allowed?: readonly Passkey[]): Promise<PublicKeyCredentialRequestOptionsJSON>
  /** Looks at a signature; `find` gives the passkey of an id. Errors: all of `PasskeyErrorCode`. */
  proved(
    response: unknown,
    use: ChallengeUse,
    find: (id: string) => Promise<Passkey | undefined>,
  ): Promise<Proof>
}

/** ES256, EdDSA, RS256 (COSE). */
const algorithms = [-7, -8, -257]
/** Milliseconds that the browser gives the person. */
const patience = 120_000

/** Loaded when the first passkey is used. */
const library = () => import('@simplewebauthn/server')

const fail = (code: PasskeyErrorCode, message: string) => new CodedError<PasskeyErrorCode>(code, message)
const wrong = () => fail('wrong', 'the passkey was not accepted')

export function createPasskeyChecks({
  publicUrl,
  keys,
  clock,
  store,
}: {
  publicUrl: string
  keys: KeyRing
  clock: Clock
  store: Pick<Store, 'rows'>
}): Passkeys {
  const { origins, host } = addressesOf(publicUrl)
  const challenges = createChallenges({ keys, clock, store })

  /** Opaque, and the same for all passkeys of an account: what a device shows of us has no account's id in it. */
  const handle = (account: string): Buffer =>
    createHmac('sha256', keys.derive('passkey user handle', keys.generations[0])).update(account).digest()

  /** What every message has to be, and what using up its challenge takes. */
  async function open(response: unknown, use: ChallengeUse) {
    checkNoLeak(response)
    const data = clientDataOf(response)
    // Pages of ours are never shown inside others.
    if (data.crossOrigin === true || data.topOrigin !== undefined) throw wrong()
    return challenges.accept(textOf(data.challenge), use)
  }

  return {
    creation: async ({ account, login, serverName, existing, use }) =>
      (await library()).generateRegistrationOptions({
        rpName: serverName,
        rpID: host,
        userName: login,
        userDisplayName: login,
        userID: new Uint8Array(handle(account)),
        challenge: challenges.issue(use),
        timeout: patience,
        attestationType: 'none',
        excludeCredentials: descriptors(existing),
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        supportedAlgorithmIDs: algorithms,
        // The extension is not in the library's types; the page says with what it is evaluated.
        extensions: { prf: {} } as object,
      }),

    async created(response, use, name) {
      const beside = await open(response, use)
      const { verifyRegistrationResponse } = await library()
      const { registrationInfo } = await verifyRegistrationResponse({
        response: response as RegistrationResponseJSON,
        expectedChallenge: () => true, // looked at above
        expectedOrigin: origins,
        expectedRPID: host,
        requireUserVerification: true,
        supportedAlgorithmIDs: algorithms,
      }).catch(() => ({ registrationInfo: undefined }))
      if (!registrationInfo || registrationInfo.credential.id.length > maxPasskeyId) throw wrong()
      const { credential, credentialBackedUp, aaguid } = registrationInfo
      return {
        passkey: {
          id: credential.id,
          data: {
            name,
            publicKey: Buffer.from(credential.publicKey).toString('base64url'),
            counter: credential.counter,
            transports: transportsOf(response),
            backedUp: credentialBackedUp,
            prf: prfOf(response)?.['enabled'] === true,
            aaguid,
          },
        },
        beside,
      }
    },

    request: async (use, allowed) =>
      (await library()).generateAuthenticationOptions({
        rpID: host,
        challenge: challenges.issue(use),
        timeout: patience,
        userVerification: 'required',
        ...(allowed ? { allowCredentials: descriptors(allowed) } : {}),
      }),

    async proved(response, use, find) {
      const beside = await open(response, use)
      const { id, response: signed } = response as AuthenticationResponseJSON
      const passkey = typeof id === 'string' && id.length <= maxPasskeyId ? await find(id) : undefined
      if (!passkey) throw wrong()
      // Where the person chose among hers, it also says whose it is.
      const owner = signed.userHandle
      if (
        owner === undefined
          ? use.purpose === 'sign-in'
          : owner !== handle(passkey.account).toString('base64url')
      )
        throw wrong()
      const { verifyAuthenticationResponse } = await library()
      const { verified, authenticationInfo } = await verifyAuthenticationResponse({
        response: response as AuthenticationResponseJSON,
        expectedChallenge: () => true, // looked at above
        expectedOrigin: origins,
        expectedRPID: host,
        requireUserVerification: true,
        credential: {
          id: passkey.id,
          publicKey: new Uint8Array(Buffer.from(passkey.data.publicKey, 'base64url')),
          counter: 0, // compared below, so that it is told from a wrong signature
        },
      }).catch(() => ({ verified: false, authenticationInfo: undefined }))
      if (!verified || !authenticationInfo) throw wrong()
      const { newCounter: counter, credentialBackedUp: backedUp } = authenticationInfo
      const last = passkey.data.counter
      if ((counter > 0 || last > 0) && counter <= last) throw new PasskeyCopied(passkey)
      return { passkey, beside: both(beside, passkeyUsedChange(passkey, { counter, backedUp }, clock.now())) }
    },
  }
}

const loopback = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * The origins that may ask, and the host that passkeys are bound to. On loopback, `localhost` serves in place of an
 * address in numbers, which passkeys cannot be bound to.
 */
function addressesOf(publicUrl: string): { origins: string[]; host: string } {
  const { origin, hostname, protocol, port } = new URL(publicUrl)
  if (!loopback.has(hostname)) return { origins: [origin], host: hostname }
  return { origins: [`${protocol}//localhost${port && `:${port}`}`], host: 'localhost' }
}

const descriptors = (passkeys: readonly Passkey[]) =>
  passkeys.map(({ id, data }) => ({ id, transports: [...data.transports] }))

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const member = (value: unknown, name: string): unknown => (isObject(value) ? value[name] : undefined)

const prfOf = (response: unknown): Record<string, unknown> | undefined => {
  const prf = member(member(response, 'clientExtensionResults'), 'prf')
  return isObject(prf) ? prf : undefined
}

/** Whether the extension is there may be told; anything more is refused, empty or not. */
function checkNoLeak(response: unknown): void {
  const prf = member(member(response, 'clientExtensionResults'), 'prf')
  const told = isObject(prf) ? Object.keys(prf) : prf === undefined ? [] : ['?']
  if (told.some((name) => name !== 'enabled'))
    throw fail('prf-leaked', 'what unlocks the keys must stay in the page')
}

function clientDataOf(response: unknown): Record<string, unknown> {
  const text = member(member(response, 'response'), 'clientDataJSON')
  if (typeof text !== 'string') throw wrong()
  try {
    const data: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    if (isObject(data)) return data
  } catch {
    // not JSON
  }
  throw wrong()
}

/** The challenge as it was issued, from the base64url of its bytes. */
const textOf = (challenge: unknown): string =>
  typeof challenge === 'string' ? Buffer.from(challenge, 'base64url').toString('utf8') : ''

const knownTransports = ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb']

const transportsOf = (response: unknown): string[] => {
  const told = member(member(response, 'response'), 'transports')
  return Array.isArray(told) ? knownTransports.filter((one) => told.includes(one)) : []
}
