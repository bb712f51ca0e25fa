/** The browsers of our pages, for those parts of the server to which browsers are sent by others. */
import type { Account, Accounts, PageSession } from '../../core/accounts/index.ts'
import { randomToken } from '../../lib/ids.ts'
import { browserCookie, cookieNames, cookieOf, setCookie } from './cookies.ts'

export interface BrowserCookies {
  /** Who is signed in in it, by its Cookie header; of any state but suspended. */
  who(cookies: string | undefined): Promise<{ account: Account; session: PageSession } | undefined>
  /** Text of its own cookie. */
  mark(cookies: string | undefined): string | undefined
  /** A new one: its text, and the header's value that sets it. */
  give(): { mark: string; cookie: string }
  /** Ends the session; the header's value that takes the cookie away. */
  signOut(session: PageSession): Promise<string>
}

export function browserCookies(accounts: Pick<Accounts, 'session' | 'endSession'>): BrowserCookies {
  return {
    async who(cookies) {
      const token = cookieOf(cookies, cookieNames.session)
      const found = token === undefined ? undefined : await accounts.session(token)
      return found?.account.state === 'suspended' ? undefined : found
    },
    mark: (cookies) => cookieOf(cookies, cookieNames.browser),
    give() {
      const mark = randomToken()
      return { mark, cookie: setCookie(cookieNames.browser, mark, browserCookie) }
    },
    async signOut({ account, id }) {
      await accounts.endSession(account, id)
      return setCookie(cookieNames.session, '', 0)
    },
  }
}
