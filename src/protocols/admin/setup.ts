/**
 * The first run: one small page that makes the owner's account with the link that the server printed.
 * The token stands in the address's fragment, which browsers do not send; the page posts it.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Account } from '../../core/accounts/index.ts'
import { assetRoutes, pagePolicy } from '../../http/assets.ts'
import type { Assets } from '../../http/assets.ts'
import { languageOf, setupWords } from './words.ts'
import type { SetupWords } from './words.ts'

/** Why the owner's account was not made; a key of the page's words. */
export type SetupReason = 'token' | 'login' | 'taken' | 'weak' | 'busy' | 'owner' | 'failed'

export class SetupError extends Error {
  readonly reason: SetupReason
  constructor(reason: SetupReason) {
    super(reason)
    this.reason = reason
  }
}

export interface SetupOptions {
  /** Origins that the page may stand on, the public one first: a request is answered with its own. */
  origin(request: FastifyRequest): string
  assets: Assets
  /** Makes the owner. Throws a SetupError. */
  createOwner(wanted: { token: string; login: string; password: string }, address: string): Promise<Account>
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
    if (crossSite(request, options.origin(request))) return refuse(reply, 'failed', 403)
    const wanted = wantedOf(request.body)
    if (!wanted) return refuse(reply, 'failed', 400)
    try {
      const { login } = await options.createOwner(wanted, request.ip)
      return await reply.code(201).send({ login })
    } catch (error) {
      if (error instanceof SetupError) return refuse(reply, error.reason)
      request.log.error({ err: error }, 'the first run failed')
      return refuse(reply, 'failed')
    }
  })
}

function refuse(reply: FastifyReply, reason: SetupReason, status = statusOf[reason]): FastifyReply {
  if (reason === 'busy') void reply.header('Retry-After', '3')
  return reply.code(status).send({ reason })
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
    'Content-Security-Policy': pagePolicy(options.origin(request), options.assets),
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
