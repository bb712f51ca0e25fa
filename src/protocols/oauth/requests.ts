/** Requests that wait for a person's word: those of browsers, and of devices that show a code. */
import { type AppRequest, type FindAppRequest, grantedScopes } from '../../core/apps/index.ts'
import { CodedError } from '../../lib/coded-error.ts'
import { sha256Hex } from '../../lib/hash.ts'
import type { Artifact, Artifacts } from './artifacts.ts'
import { askingClient } from './clients.ts'
import type { DeviceCodeModel, LibraryProvider, Params } from './library.ts'
import type { OAuthParts } from './parts.ts'
import { provedAt, sessionId } from './visitors.ts'

/** What begins the id of a request by a device; the code follows. */
const byCode = 'd.'

/** As people type it: with or without the hyphen, in any case (RFC 8628, 6.1). */
const codeForm = /^[B-DF-HJ-NP-TV-XZ]{8}$/

interface Parts extends Pick<OAuthParts, 'apps' | 'clock' | 'throttle'> {
  artifacts: Artifacts
  provider(): Promise<LibraryProvider>
}

interface Interaction {
  params: Params
  prompt: { name: string; reasons: readonly string[] }
  returnTo: string
  session?: { accountId?: string }
}

export function createRequests(parts: Parts): FindAppRequest {
  const { artifacts, apps, clock, throttle, provider } = parts

  async function ofBrowser(id: string, browser: string | undefined): Promise<AppRequest | undefined> {
    const found = await artifacts.find('Interaction', id)
    if (!found || found.expires <= clock.now() || found.payload['result'] !== undefined) return undefined
    // Whoever was sent an address by somebody else would let that one in.
    if (browser === undefined || found.browser !== sha256Hex(browser)) return undefined
    const interaction = found.payload as unknown as Interaction
    const { params } = interaction
    const client = await (await provider()).Client.find(params['client_id'] ?? '')
    if (!client) return undefined
    return {
      client: askingClient(client),
      redirect: params['redirect_uri'] ?? '',
      scopes: scopesOf(params),
      again: (params['prompt'] ?? '').split(' ').includes('consent'),
      provedSince: provedSince(interaction, found.created, clock.now()),
      ...unwanted(interaction),
      allowed: ({ account, session }) =>
        finish(id, found, {
          login: { accountId: account.id, ts: Math.floor(provedAt(session) / 1_000) },
          consent: {},
        }),
      refused: () => finish(id, found, { error: 'access_denied', error_description: 'the person said no' }),
    }
  }

  /** Notes the answer; the browser goes on at the library, which looks at everything again. */
  async function finish(
    id: string,
    { payload, expires, browser }: Artifact,
    result: object,
  ): Promise<string> {
    // Whoever answers is the one whose session it is from now on.
    await artifacts.put('Interaction', id, { ...payload, session: undefined, result }, expires, browser)
    return new URL(String(payload['returnTo'])).pathname
  }

  async function ofDevice(text: string): Promise<AppRequest | undefined> {
    const code = text.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')
    if (!codeForm.test(code)) return undefined
    const library = await provider()
    const device = await library.DeviceCode.findByUserCode(code, { ignoreExpiration: true })
    if (!device || device.isExpired || device.accountId !== undefined || device.error !== undefined)
      return undefined
    const client = await library.Client.find(device.clientId ?? '')
    if (!client) return undefined
    const { params } = device
    const answer = async (change: object): Promise<null> => {
      await Object.assign(device, change).save()
      return null
    }
    return {
      // It is not called back: whatever its addresses are, none is gone to.
      client: { ...askingClient(client), redirects: [''] },
      redirect: '',
      scopes: scopesOf(params),
      // Somebody else may have sent her the code: she is always asked.
      again: true,
      provedSince: 0,
      device: device.deviceInfo?.agent ?? '',
      allowed: ({ account, session }, grant) =>
        answer({
          accountId: account.id,
          authTime: Math.floor(provedAt(session) / 1_000),
          grantId: grant.id,
          scope: grantedScopes(apps.registry, grant, scopesOf(params), clock.now()).join(' '),
          // Each device by itself, so that one can be signed out alone.
          sessionUid: `${sessionId(session)} ${device.jti}`,
          ...resourceOf(device),
        }),
      refused: () => answer({ error: 'access_denied', errorDescription: 'the person said no' }),
    }
  }

  return async (id, { browser, address }) => {
    if (!id.startsWith(byCode)) return /^[\w-]{20,64}$/.test(id) ? ofBrowser(id, browser) : undefined
    const wait = throttle.ask(address, clock.now())
    if (wait > 0) throw new CodedError('throttled', 'too many codes were tried', { retryAfter: wait })
    return ofDevice(id.slice(byCode.length))
  }
}

const scopesOf = (params: Params): string[] => (params['scope'] ?? '').split(' ').filter((one) => one !== '')

const resourceOf = ({ params }: DeviceCodeModel) =>
  params['resource'] === undefined ? {} : { resource: params['resource'] }

/** `prompt=login` wants a proof since the app asked; `max_age` one that is no older (OpenID Connect Core 1.0, 3.1.2.1). */
function provedSince({ params, prompt }: Interaction, created: number, now: number): number {
  const wanted =
    (params['prompt'] ?? '').split(' ').includes('login') || prompt.reasons.includes('login_prompt')
  if (wanted) return created
  const age = Number(params['max_age'])
  return params['max_age'] !== undefined && Number.isSafeInteger(age) ? now - age * 1_000 : 0
}

/** Who is signed in where the app has named another person. */
function unwanted({ prompt, session }: Interaction): { not?: string } {
  const isOther = prompt.reasons.some((one) => one === 'id_token_hint' || one === 'claims_id_token_sub_value')
  return isOther && session?.accountId !== undefined ? { not: session.accountId } : {}
}
