/**
 * Talking with the Firefox that shows this page: messages of the window that the browser listens to on the origin which
 * is its account server, and on no other (WebChannel `account_updates`). Whoever can run a script on this origin can
 * do the same, and gets the session token of the browser's account: nothing of others is ever shown here.
 */

/** What a page may ask, with the seconds in which an answer is waited for. */
const limits = {
  'fxaccounts:fxa_status': 6,
  // The browser may ask the person.
  'fxaccounts:can_link_account': 600,
  'fxaccounts:oauth_flow_begin': 15,
  'fxaccounts:login': 60,
  // The browser gets its tokens, registers itself, and may wait for a push service that does not answer.
  'fxaccounts:oauth_login': 120,
  'fxaccounts:logout': 60,
  'fxaccounts:delete': 60,
  'fxaccounts:sync_preferences': 15,
  'fxaccounts:pair_preferences': 15,
  'fxaccounts:pair_heartbeat': 15,
  'fxaccounts:pair_supplicant_metadata': 15,
  'fxaccounts:pair_authorize': 60,
  'fxaccounts:pair_decline': 15,
  'fxaccounts:pair_complete': 60,
} as const

export type Command = keyof typeof limits

/**
 * - `no-channel`: the browser has its accounts on another origin.
 * - `no-answer`: nothing came in time; no Firefox, or one that is busy.
 * - `refused`: the browser tried and could not; `said` is what it says.
 * - `unknown`: this browser does not know the command.
 */
export class ChannelError extends Error {
  readonly code: 'no-channel' | 'no-answer' | 'refused' | 'unknown'
  readonly command: Command
  readonly said: string
  constructor(code: ChannelError['code'], command: Command, said = '') {
    super(`${command}: ${code}`)
    this.name = 'ChannelError'
    this.code = code
    this.command = command
    this.said = said
  }
}

interface Message {
  command: string
  messageId?: string
  data: unknown
}

const id = 'account_updates'

interface AppleWindow {
  webkit?: { messageHandlers?: { accountsCommandHandler?: unknown } }
}

/** COMPAT Firefox for iOS: its handler takes the object; desktops refuse everything but text. */
const takesObjects = (): boolean =>
  / FxiOS\//.test(navigator.userAgent) ||
  (globalThis as AppleWindow).webkit?.messageHandlers?.accountsCommandHandler !== undefined

function send(message: Message): void {
  const detail = { id, message }
  dispatchEvent(
    new CustomEvent('WebChannelMessageToChrome', {
      detail: takesObjects() ? detail : JSON.stringify(detail),
    }),
  )
}

/** COMPAT Firefox for Android and iOS: their answers come as text. */
function answerOf(event: Event): { id?: unknown; message?: Record<string, unknown> | null } {
  const { detail } = event as CustomEvent<unknown>
  try {
    return (typeof detail === 'string' ? JSON.parse(detail) : detail) ?? {}
  } catch {
    return {}
  }
}

/** COMPAT Firefox for iOS: it reads the id as a whole number written as a text, and gives it back as a number. */
const newMessageId = (): string => String(crypto.getRandomValues(new Uint32Array(1))[0])

/** Asks the browser, and waits for its answer. Errors: `ChannelError`. */
export function ask<Answer = unknown>(
  command: Command,
  data: object = {},
  seconds: number = limits[command],
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const messageId = newMessageId()
    const end = () => {
      clearTimeout(timer)
      removeEventListener('WebChannelMessageToContent', hear)
    }
    const fail = (code: ChannelError['code'], said?: string) => {
      end()
      reject(new ChannelError(code, command, said))
    }
    const hear = (event: Event) => {
      const answer = answerOf(event)
      const { message } = answer
      if (answer.id !== id || typeof message !== 'object' || message === null) return
      // Where no channel is, the answer names nothing that was asked.
      if (message['errno'] === 2) return fail('no-channel')
      if (String(message['messageId']) !== messageId || message['command'] !== command) return
      const given = (message['data'] ?? {}) as { error?: unknown }
      if (given.error === undefined) {
        end()
        return resolve(given as Answer)
      }
      const said = sayingOf(given.error)
      fail(said.startsWith('Unrecognized ') ? 'unknown' : 'refused', said)
    }
    const timer = setTimeout(() => fail('no-answer'), seconds * 1000)
    addEventListener('WebChannelMessageToContent', hear)
    send({ command, messageId, data })
  })
}

/** A text, or `{message, stack}`. */
function sayingOf(error: unknown): string {
  const text = typeof error === 'string' ? error : (error as { message?: unknown } | null)?.message
  return typeof text === 'string' ? text.slice(0, 300) : ''
}

/** Tells the browser something that it does not answer. */
export const tellChannel = (
  command: 'profile:change' | 'fxaccounts:login' | 'fxaccounts:oauth_login',
  data: object,
): void => send({ command, data })

/** What the browser says of itself. */
export interface Status {
  signedInUser: BrowserUser | null
  /** Which client of the accounts server it is; absent in some. */
  clientId?: string
  capabilities: {
    /** What it can synchronise, by its own names. */
    engines?: readonly string[]
    choose_what_to_sync?: boolean
    /** Whether it takes an account without keys. */
    keys_optional?: boolean
    pairing?: boolean
  }
}

export interface BrowserUser {
  email: string
  uid: string
  /** Absent where its session was ended. */
  sessionToken?: string | null
  verified?: boolean
}

/** Who is signed in in the browser itself, and what it can do. Errors: `ChannelError`. */
export async function askStatus(service = 'sync', seconds?: number): Promise<Status> {
  const data = { service, context: 'oauth_webchannel_v1', isPairing: false }
  const answer = await ask<Partial<Status>>('fxaccounts:fxa_status', data, seconds)
  const { signedInUser = null, clientId, capabilities = {} } = answer
  // COMPAT Firefox for Android: an account without a name of its own is none.
  const user = signedInUser?.uid ? signedInUser : null
  return { signedInUser: user, ...(clientId !== undefined && { clientId }), capabilities }
}

/** Milliseconds between two looks whether the browser has forgotten. */
const lookEvery = 500

/**
 * Has the browser forget its account, and waits until it has. COMPAT Firefox 153: with the account it forgets this
 * server's address, and its channel closes before it has answered; then nobody listens here any more. Errors:
 * `ChannelError`.
 */
export async function forgetAccount(
  command: 'fxaccounts:logout' | 'fxaccounts:delete',
  uid: string,
): Promise<void> {
  let ended = false
  const asked = ask(command, { uid }).catch((error: unknown) => {
    if (!(error instanceof ChannelError && error.code === 'no-channel')) throw error
  })
  const looked = (async () => {
    while (!ended && !(await hasForgotten(uid)));
  })()
  try {
    await Promise.race([asked, looked])
  } finally {
    ended = true
  }
}

async function hasForgotten(uid: string): Promise<boolean> {
  await new Promise((resolve) => setTimeout(resolve, lookEvery))
  try {
    const { signedInUser } = await askStatus('sync', 1)
    return signedInUser?.uid !== uid
  } catch (error) {
    return error instanceof ChannelError && error.code === 'no-channel'
  }
}
