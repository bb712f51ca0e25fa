/**
 * Passkeys in this browser. The secret that some of them give for unlocking (the PRF extension) is taken out of what
 * is sent to the server, which never sees it.
 */
import { browserSupportsWebAuthn, startAuthentication, startRegistration } from '@simplewebauthn/browser'
import { browserSupportsWebAuthnAutofill, WebAuthnAbortService } from '@simplewebauthn/browser'
import { prfInput, type Bytes } from '@essaim/client'
import { ApiError } from './api.ts'

type RequestOptions = Parameters<typeof startAuthentication>[0]['optionsJSON']
type CreationOptions = Parameters<typeof startRegistration>[0]['optionsJSON']

export interface PasskeyAnswer {
  /** What the server gets. */
  response: unknown
  /** 32 bytes that only this passkey gives; undefined where it has no such thing. */
  prf: Bytes | undefined
}

/** Whether passkeys can be used here at all: an old browser, or an address without https, cannot. */
export const passkeysWork = (): boolean => browserSupportsWebAuthn()

/** Whether the browser offers passkeys in the list under a field. */
export const passkeysAutofill = (): Promise<boolean> => browserSupportsWebAuthnAutofill()

/** Ends an offer that waits under a field. */
export const stopPasskeys = (): void => WebAuthnAbortService.cancelCeremony()

/** What goes to the authenticator beside what the server asks; the library passes it on as it is. */
const prf = { prf: { eval: { first: prfInput } } }

interface WithExtensions {
  clientExtensionResults: { prf?: { enabled?: boolean; results?: { first?: unknown } } }
}

/** Takes the secret out of an answer. */
function separate(response: unknown): PasskeyAnswer & { enabled: boolean } {
  const { clientExtensionResults } = response as WithExtensions
  const given = clientExtensionResults.prf
  const first = given?.results?.first
  delete clientExtensionResults.prf
  // That it can unlock is told: the server shows it in her list.
  if (given?.enabled !== undefined) clientExtensionResults.prf = { enabled: given.enabled }
  const bytes =
    first instanceof ArrayBuffer
      ? new Uint8Array(first)
      : ArrayBuffer.isView(first)
        ? new Uint8Array(
            first.buffer.slice(first.byteOffset, first.byteOffset + first.byteLength) as ArrayBuffer,
          )
        : undefined
  return { response, prf: bytes?.length === 32 ? bytes : undefined, enabled: given?.enabled === true }
}

const refused = (error: unknown): ApiError =>
  new ApiError(passkeysWork() ? 'passkey-cancelled' : 'passkey-unsupported', { cause: String(error) })

/**
 * Uses a passkey. `waiting`: offered under a field with `autocomplete="… webauthn"`, until one is chosen or
 * `stopPasskeys` is called. Errors: `ApiError` `passkey-cancelled`, `passkey-unsupported`.
 */
export async function usePasskey(options: unknown, { waiting = false } = {}): Promise<PasskeyAnswer> {
  const given = options as RequestOptions
  try {
    const answer = await startAuthentication({
      optionsJSON: { ...given, extensions: { ...given.extensions, ...prf } as never },
      useBrowserAutofill: waiting,
      verifyBrowserAutofillInput: false,
    })
    const { response, prf: secret } = separate(answer)
    return { response, prf: secret }
  } catch (error) {
    throw refused(error)
  }
}

/**
 * Makes a passkey. Where it can unlock but does not say its secret at once, it is used a second time for that; the
 * person may decline, and it is then a way to sign in only. Errors: as `usePasskey`.
 */
export async function makePasskey(options: unknown): Promise<PasskeyAnswer> {
  const given = options as CreationOptions
  try {
    const answer = await startRegistration({
      optionsJSON: { ...given, extensions: { ...given.extensions, ...prf } as never },
    })
    const { response, prf: secret, enabled } = separate(answer)
    if (secret || !enabled) return { response, prf: secret }
    const again = await usePasskey({
      challenge: given.challenge,
      rpId: given.rp.id,
      allowCredentials: [{ id: answer.id, type: 'public-key' }],
      userVerification: 'required',
    }).catch(() => undefined)
    return { response, prf: again?.prf }
  } catch (error) {
    throw refused(error)
  }
}
