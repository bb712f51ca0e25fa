/** Logins: what may be one, which are the same, and which nobody may have. */
import { CodedError } from '../../lib/coded-error.ts'
import type { AccountErrorCode } from './types.ts'

export const maxLogin = 64

/** Logins that get an address in every door. */
const common = /^[a-z0-9][a-z0-9._-]*$/

/** Doors that accept more for the accounts that are made there. */
const wider: Readonly<Record<string, RegExp>> = { kinto: /^[a-zA-Z0-9][+.@a-zA-Z0-9_-]*$/ }

/** Words that would pass for the server, its operators or one of its addresses. */
const reserved = new Set(
  `abuse account accounts admin administration administrator administrators all anonymous api app apps archive assets
  atom auth authenticated autoconfig autodiscover backup bot broadcasthost calendar carddav ciso cloud com contact
  content csirt daemon dav default demo dns dnsadmin essaim everyone faq feed feeds fediverse files ftp fxa games group
  groups guest help home host hostmaster http https images imap info information invite irc is isatap jabber kinto
  legal live local localdomain localhost login logout mail mailer mailer-daemon marketing me media metrics micropub
  moderator moderators muc news nobody nntp no-reply none noreply notifications null oauth official oidc openid operator
  operators owner owners password ping policy pop pop3 postmaster presence principal principals privacy proxy pubsub
  push recovery register remotestorage robots.txt root rooms rss sales script security server service services session
  sessions settings setup share signin signout signup smtp space spaces ssl ssladmin ssladministrator sslwebmaster
  staff static stats status storage support sync sysadmin sysadministrator system team terms test-owner tls token
  tokens trust undefined update upload uploads usenet uucp v1 v2 verify web webdav webfinger webmail webmaster
  webmention website well-known whois wpad www xmpp you`.split(/\s+/),
)

/** The form under which logins are unique. They are ASCII, so lower case is all there is to fold. */
export const fold = (login: string): string => login.toLowerCase()

/** Throws `login-malformed` or `login-reserved`. */
export function checkLogin(login: string, door: string | null): void {
  const pattern = (door !== null && Object.hasOwn(wider, door) ? wider[door] : undefined) ?? common
  if (login.length > maxLogin || !pattern.test(login)) {
    throw new CodedError<AccountErrorCode>(
      'login-malformed',
      `a login has 1 to ${maxLogin} letters, digits and signs, and begins with a letter or digit`,
      { max: maxLogin },
    )
  }
  if (reserved.has(fold(login))) {
    throw new CodedError<AccountErrorCode>('login-reserved', 'this login is reserved')
  }
}
