/**
 * The first run: one small page that makes the owner's account with the link that the server printed.
 * The token stands in the address's fragment, which browsers do not send; the page posts it.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Accounts } from '../../core/accounts/index.ts'
import { assetRoutes, pagePolicy } from '../../http/assets.ts'
import type { Assets } from '../../http/assets.ts'
import type { Passwords } from '../../identity/password.ts'
import { checkPassword } from '../../identity/weak.ts'
import { CodedError } from '../../lib/coded-error.ts'
import { languageOf, setupWords } from './words.ts'
import type { SetupWords } from './words.ts'

/** Why the owner's account was not made; a key of the page's words. */
export type SetupReason = 'token' | 'login' | 'taken' | 'weak' | 'busy' | 'owner' | 'failed'

/** What the core says, as this page says it. */
const reasons: Readonly<Record<string, SetupReason>> = {
  'login-malformed': 'login',
  'login-reserved': 'taken',
  'login-taken': 'taken',
  'setup-token': 'token',
  'owner-exists': 'owner',
  busy: 'busy',
}

export interface SetupOptions {
  /** The public origin; the page may stand on any host that is ours. */
  publicUrl: string
  assets: Assets
  accounts: Pick<Accounts, 'checkSetup' | 'createOwner' | 'hasOwner'>
  passwords: Pick<Passwords, 'hash'>
  /** Whether passwords of any strength are taken: for foreign test suites alone. */
  weakPasswords: boolean
}

/** Bytes of what the page posts. */
const maxBody = 4_096

const statusOf: Readonly<Record<SetupReason, number>> = {
  token: 403,
  login: 400,
  taken: 409,
  weak: 400,
  busy: 503,
  owner: 410,
  failed: 500,
}

export function setupPage(app: FastifyInstance, options: SetupOptions): void {
  assetRoutes(app, options.assets)
  app.get('/setup', (request, reply) => {
    pageHeaders(reply, options, request)
    const language = languageOf(request.headers['accept-language'])
    return reply.type('text/html; charset=utf-8').send(page(language, setupWords[language], options.assets))
  })
  app.post('/setup', { bodyLimit: maxBody }, async (request, reply) => {
    pageHeaders(reply, options, request)
    if (crossSite(request, originOf(request, options))) return refuse(reply, 'failed', 403)
    const wanted = wantedOf(request.body)
    if (!wanted) return refuse(reply, 'failed', 400)
    try {
      // Before the slow hash, which strangers must not be able to order.
      if (!(await options.accounts.checkSetup(wanted.token)))
        return refuse(reply, (await options.accounts.hasOwner()) ? 'owner' : 'token')
      if (!options.weakPasswords && checkPassword(wanted.password, wanted.login)) return refuse(reply, 'weak')
      const directHash = await options.passwords.hash(wanted.password)
      const { login } = await options.accounts.createOwner({ ...wanted, directHash })
      return await reply.code(201).send({ login })
    } catch (error) {
      const reason = error instanceof CodedError ? reasons[error.code] : undefined
      if (reason === undefined) request.log.error({ err: error }, 'the first run failed')
      return refuse(reply, reason ?? 'failed')
    }
  })
}

function refuse(reply: FastifyReply, reason: SetupReason, status = statusOf[reason]): FastifyReply {
  if (reason === 'busy') void reply.header('Retry-After', '3')
  return reply.code(status).send({ reason })
}

/** The origin under which the page was asked for: on loopback there are several names for one server. */
function originOf({ headers }: FastifyRequest, { publicUrl }: SetupOptions): string {
  const url = new URL(publicUrl)
  return headers.host === undefined || headers.host === url.host
    ? publicUrl
    : `${url.protocol}//${headers.host}`
}

/** A post that another site's page made: browsers say so. */
function crossSite({ headers }: FastifyRequest, origin: string): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site !== 'same-origin'
  return headers.origin !== undefined && headers.origin !== origin
}

function wantedOf(body: unknown): { token: string; login: string; password: string } | undefined {
  if (typeof body !== 'object' || body === null) return undefined
  const { token, login, password } = body as Record<string, unknown>
  if (typeof token !== 'string' || typeof login !== 'string' || typeof password !== 'string') return undefined
  return { token, login, password }
}

function pageHeaders(reply: FastifyReply, options: SetupOptions, request: FastifyRequest): void {
  void reply.headers({
    'Content-Security-Policy': pagePolicy(originOf(request, options), options.assets),
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
  })
}

function page(language: string, words: SetupWords, { prefix }: Assets): string {
  const reasons = Object.entries(words.reasons)
    .map(
      ([reason, text]) => `data-${reason.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}="${escape(text)}"`,
    )
    .join(' ')
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(words.title)}</title>
<link rel="icon" href="${prefix}icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="${prefix}setup.css">
<script type="module" src="${prefix}setup.js"></script>
</head>
<body>
<main>
<noscript><p role="alert">${escape(words.noScript)}</p></noscript>
<form hidden ${reasons}>
<h1>${escape(words.title)}</h1>
<p>${escape(words.intro)}</p>
<label for="login">${escape(words.login)}</label>
<input id="login" name="login" required maxlength="64" pattern="[a-z0-9][a-z0-9._\\-]*" autocomplete="username" autocapitalize="none" spellcheck="false" aria-describedby="login-hint" autofocus>
<p class="hint" id="login-hint">${escape(words.loginHint)}</p>
<label for="password">${escape(words.password)}</label>
<input id="password" name="password" type="password" required minlength="8" maxlength="1024" autocomplete="new-password" aria-describedby="password-hint">
<p class="hint" id="password-hint">${escape(words.passwordHint)}</p>
<p role="alert"></p>
<button>${escape(words.button)}</button>
</form>
<div id="done" hidden tabindex="-1">
<h1>${escape(words.doneTitle)}</h1>
<p>${escape(words.done)}</p>
</div>
</main>
</body>
</html>
`
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escape = (text: string) => text.replace(/[&<>"]/g, (c) => escapes[c]!)
