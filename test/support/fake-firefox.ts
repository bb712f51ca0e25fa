/**
 * A Firefox that answers the messages of our pages, played in a Chromium: who is signed in in it, what it was asked, and
 * how it fails where a test wants that.
 */
import { randomBytes } from 'node:crypto'
import { compactDecrypt, exportJWK, generateKeyPair } from 'jose'
import type { CryptoKey } from 'jose'
import type { Page } from 'puppeteer-core'

type Data = Record<string, unknown>

interface Message {
  command: string
  messageId?: string
  data: Data
}

/** What the window of the page sent: an object, or the text of one. */
interface Sent {
  isText: boolean
  id: string
  message: Message
}

export interface FakeUser {
  email: string
  uid: string
  sessionToken?: string | null
  verified?: boolean
}

export interface FakeFirefox {
  /** Who is signed in in it. */
  user: FakeUser | null
  /** Everything that it was asked, in order. */
  readonly asked: readonly Message[]
  /** The commands among it, without those by which a page looks who is there. */
  commands(): string[]
  last(command: string): Data | undefined
  /** Whether all that was sent was text. */
  sentText(): boolean
  /** What it answers to a command in place of what is usual; undefined: nothing at all. */
  answers: Record<string, (data: Data) => unknown>
  /** Answers as text, as telephones do. */
  speaksText: boolean
  /** Not the browser of this origin. */
  isElsewhere: boolean
  /** Opens what was wrapped for the last flow that it began. */
  open(jwe: string): Promise<Record<string, { kty: string; scope: string; k: string; kid: string }>>
  /** A public key as it stands in an address, of a flow that it remembers. */
  newKey(): Promise<string>
  /** To be done before a page opens. */
  prepare(page: Page): Promise<void>
}

export const desktopAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0'
export const androidAgent = 'Mozilla/5.0 (Android 16; Mobile; rv:153.0) Gecko/153.0 Firefox/153.0'
export const iosAgent =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/153.0 Mobile/15E148 Safari/604.1'

const engines = ['addons', 'bookmarks', 'history', 'passwords', 'prefs', 'tabs', 'addresses', 'creditcards']

export function fakeFirefox({
  client = '5882386c6d801776',
  agent = desktopAgent,
}: { client?: string; agent?: string } = {}): FakeFirefox {
  const asked: Message[] = []
  let key: CryptoKey | undefined
  let isText = true

  async function newKey(): Promise<string> {
    const pair = await generateKeyPair('ECDH-ES', { crv: 'P-256', extractable: true })
    key = pair.privateKey
    return Buffer.from(JSON.stringify(await exportJWK(pair.publicKey))).toString('base64url')
  }

  const usual: Record<string, (data: Data) => unknown> = {
    'fxaccounts:fxa_status': () => ({
      signedInUser: firefox.user,
      clientId: client,
      capabilities: {
        multiService: true,
        pairing: true,
        choose_what_to_sync: true,
        keys_optional: true,
        can_link_account_uid: true,
        engines,
      },
    }),
    'fxaccounts:can_link_account': () => ({ ok: true }),
    'fxaccounts:oauth_flow_begin': async ({ scopes }) => ({
      client_id: client,
      action: 'email',
      response_type: 'code',
      access_type: 'offline',
      scope: (scopes as string[]).join(' '),
      state: randomBytes(16).toString('base64url'),
      code_challenge: randomBytes(32).toString('base64url'),
      code_challenge_method: 'S256',
      keys_jwk: await newKey(),
    }),
    'fxaccounts:login': ({ email, uid, sessionToken, verified }) => {
      firefox.user = { email, uid, sessionToken, verified } as FakeUser
      return { ok: true }
    },
    'fxaccounts:oauth_login': () => ({ ok: true }),
    'fxaccounts:logout': ({ uid }) => {
      if (firefox.user?.uid === uid) firefox.user = null
      return { ok: true }
    },
    'fxaccounts:delete': () => ({ ok: true }),
    'fxaccounts:sync_preferences': () => ({ ok: true }),
    'fxaccounts:pair_preferences': () => ({ ok: true }),
    'profile:change': () => undefined,
  }

  async function answer(sent: Sent): Promise<unknown> {
    isText &&= sent.isText
    const { command, messageId, data } = sent.message
    asked.push(sent.message)
    if (firefox.isElsewhere) return { id: sent.id, message: { errno: 2, error: 'No Such Channel' } }
    const act = firefox.answers[command] ?? usual[command]
    const given = act ? await act(data) : { error: 'Unrecognized FxAccountsWebChannel command' }
    if (given === undefined) return undefined
    const detail = { id: sent.id, message: { command, messageId, data: given } }
    return firefox.speaksText ? JSON.stringify(detail) : detail
  }

  const firefox: FakeFirefox = {
    user: null,
    asked,
    answers: {},
    speaksText: false,
    isElsewhere: false,
    newKey,
    commands: () => asked.map(({ command }) => command).filter((name) => name !== 'fxaccounts:fxa_status'),
    last: (name) => asked.findLast(({ command }) => command === name)?.data,
    sentText: () => isText,
    async open(jwe) {
      const { plaintext, protectedHeader } = await compactDecrypt(jwe, key!)
      // Firefox refuses party infos.
      if (protectedHeader.apu !== undefined || protectedHeader.apv !== undefined)
        throw new Error('apu or apv')
      return JSON.parse(new TextDecoder().decode(plaintext))
    },
    async prepare(page) {
      await page.setUserAgent({ userAgent: agent })
      await page.exposeFunction('essaimFakeFirefox', (sent: Sent) => answer(sent))
      await page.evaluateOnNewDocument(() => {
        const hear = (globalThis as unknown as { essaimFakeFirefox(sent: object): Promise<unknown> })
          .essaimFakeFirefox
        addEventListener('WebChannelMessageToChrome', (event) => {
          const { detail } = event as CustomEvent<unknown>
          const text = typeof detail === 'string'
          void hear({ ...(text ? JSON.parse(detail) : (detail as object)), isText: text }).then((given) => {
            if (given !== undefined && given !== null)
              dispatchEvent(new CustomEvent('WebChannelMessageToContent', { detail: given }))
          })
        })
      })
    },
  }
  return firefox
}

/** Where a desktop's Firefox begins; what stands in its address is somebody else's, and of no use. */
export const desktopAddress = (more: Record<string, string> = {}): string =>
  `/?${new URLSearchParams({
    context: 'oauth_webchannel_v1',
    entrypoint: 'fxa_app_menu',
    action: 'email',
    service: 'sync',
    client_id: '5882386c6d801776',
    response_type: 'code',
    access_type: 'offline',
    scope: 'https://identity.mozilla.com/apps/oldsync profile',
    state: 'of-the-address-0000000',
    code_challenge: 'a'.repeat(43),
    code_challenge_method: 'S256',
    keys_jwk: 'e30',
    ...more,
  })}`
