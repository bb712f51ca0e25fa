/** Apps that wait for a person's word: made by the authorisation endpoints of doors, answered at one page of ours. */
import type { Account, Grant, PageSession } from '../accounts/index.ts'
import type { AskingClient } from './decide.ts'

/** Who answers. */
export interface Answerer {
  account: Account
  session: PageSession
}

/** An app that waits. */
export interface AppRequest {
  client: AskingClient & {
    /** Its host name, for people. */
    origin: string
  }
  /** Where the browser goes afterwards; empty for an app on another device. */
  redirect: string
  /** As they were asked. */
  scopes: readonly string[]
  /** It wants that she is asked although she has answered before. */
  again: boolean
  /** Whether it could do anything with what she has allowed before; where it could not, she is asked anew. */
  isOfUse?(grant: Grant): boolean
  /** She has to have proved who she is since then, in milliseconds; 0: whenever it was. */
  provedSince: number
  /** An account that it does not want to hear from, because it expects another. */
  not?: string
  /** The device that shows the code, as it calls itself. */
  device?: string
  /** She allowed it. Returns where the browser goes, on this server or at the app; null: nowhere. */
  allowed(by: Answerer, grant: Grant): Promise<string | null>
  /** She did not, or cannot. */
  refused(): Promise<string | null>
}

/** Who asks for an app's request: a browser by the text of its own cookie, and the address that strangers are counted by. */
export interface Asker {
  browser: string | undefined
  address: string
}

/**
 * Finds a request that waits: of the browser that began it, or by the code of a device. Undefined: there is none, or it
 * is over. Errors: `throttled`.
 */
export type FindAppRequest = (id: string, asker: Asker) => Promise<AppRequest | undefined>
