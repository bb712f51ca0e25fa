/** Passkeys in a Firefox that is driven by a test: its own virtual authenticators (WebDriver, WebAuthn level 3). */
import assert from 'node:assert/strict'
import type { Firefox } from './firefox.ts'

/** Authenticators in software alone. */
export const withPasskeys = {
  'security.webauth.webauthn_enable_softtoken': true,
  'security.webauth.webauthn_enable_usbtoken': false,
} as const

/** One that verifies its person and gives secrets (PRF); its id. */
export async function addAuthenticator({ driver }: Firefox): Promise<string> {
  const added = await driver.send('WebAuthn:AddVirtualAuthenticator', {
    protocol: 'ctap2_1',
    transport: 'internal',
    hasResidentKey: true,
    hasUserVerification: true,
    isUserConsenting: true,
    isUserVerified: true,
  })
  return (added as { value: string }).value
}

/** Takes the passkeys of one browser to another, as those that are kept in an account of their own. */
export async function copyPasskeys(
  [from, authenticator]: readonly [Firefox, string],
  [to, authenticatorId]: readonly [Firefox, string],
): Promise<void> {
  const found = await from.driver.send('WebAuthn:GetCredentials', { authenticatorId: authenticator })
  const { value } = found as { value: object[] }
  assert.ok(value.length > 0)
  for (const credentials of value)
    await to.driver.send('WebAuthn:AddCredential', { authenticatorId, credentials })
}

/**
 * Mends the authenticator for the page that is shown, until it is left; without `secrets` it is one that gives none.
 * COMPAT Firefox 153: asked for a secret, the virtual one signs data that have an extension, and no flag that says so
 * (WebAuthn, section 6.1): no server may take that. What it signs without being asked for a secret is whole, so it is
 * asked twice.
 */
export const mendAuthenticator = ({ driver }: Firefox, { secrets = true } = {}): Promise<void> =>
  driver.run(
    'content',
    (gives) => {
      const { credentials } = navigator
      const get = credentials.get.bind(credentials)
      credentials.get = async (options) => {
        const asked = options?.publicKey
        if (!asked) return get(options)
        const { extensions, ...plain } = asked
        const signed = (await get({ ...options, publicKey: plain })) as PublicKeyCredential
        if (!gives || !extensions) return signed
        const allowCredentials = [{ type: 'public-key' as const, id: signed.rawId }]
        const again = await get({ ...options, publicKey: { ...asked, allowCredentials } })
        const { id, rawId, response, type, authenticatorAttachment } = signed
        const both: Pick<PublicKeyCredential, keyof typeof signed & string> = {
          id,
          rawId,
          response,
          type,
          authenticatorAttachment,
          toJSON: () => signed.toJSON(),
          getClientExtensionResults: () => (again as PublicKeyCredential).getClientExtensionResults(),
        }
        return both
      }
    },
    secrets,
  )
