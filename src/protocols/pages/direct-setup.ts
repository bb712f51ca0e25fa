/**
 * The first run by a program: makes the owner's account with a direct password, in one request. The page of the
 * first run makes one that opens the pages too, through `/api/setup`.
 */
import type { FastifyInstance, FastifyReply } from 'fastify'
import { checkPassword } from '../../identity/weak.ts'
import { CodedError } from '../../lib/coded-error.ts'
import { isCrossSite } from './api.ts'
import { pageHeaders } from './headers.ts'
import type { PagesParts } from './parts.ts'

/** Why the owner's account was not made. */
type Reason = 'token' | 'login' | 'taken' | 'weak' | 'busy' | 'owner' | 'failed'

/** What the core says, as this answer says it. */
const reasons: Readonly<Record<string, Reason>> = {
  'login-malformed': 'login',
  'login-reserved': 'taken',
  'login-taken': 'taken',
  'setup-token': 'token',
  'owner-exists': 'owner',
  busy: 'busy',
}

/** Bytes of what is posted. */
const maxBody = 4_096

const statusOf: Readonly<Record<Reason, number>> = {
  token: 403,
  login: 400,
  taken: 409,
  weak: 400,
  busy: 503,
  owner: 410,
  failed: 500,
}

/** `POST /setup` with `{token, login, password}`: 201 `{login}`, or `{reason}`. */
export function directSetup(
  app: FastifyInstance,
  parts: Pick<PagesParts, 'publicUrl' | 'accounts' | 'passwords' | 'weakPasswords'>,
): void {
  app.post('/setup', { bodyLimit: maxBody }, async (request, reply) => {
    pageHeaders(reply)
    if (isCrossSite(request, parts.publicUrl)) return refuse(reply, 'failed', 403)
    const wanted = wantedOf(request.body)
    if (!wanted) return refuse(reply, 'failed', 400)
    try {
      // Before the slow hash, which strangers must not be able to order.
      if (!(await parts.accounts.checkSetup(wanted.token)))
        return refuse(reply, (await parts.accounts.hasOwner()) ? 'owner' : 'token')
      if (!parts.weakPasswords && checkPassword(wanted.password, wanted.login)) return refuse(reply, 'weak')
      const directHash = await parts.passwords.hash(wanted.password)
      const { login } = await parts.accounts.createOwner({ ...wanted, directHash })
      return await reply.code(201).send({ login })
    } catch (error) {
      const reason = error instanceof CodedError ? reasons[error.code] : undefined
      if (reason === undefined) request.log.error({ err: error }, 'the first run failed')
      return refuse(reply, reason ?? 'failed')
    }
  })
}

function refuse(reply: FastifyReply, reason: Reason, status = statusOf[reason]): FastifyReply {
  if (reason === 'busy') void reply.header('Retry-After', '3')
  return reply.code(status).send({ reason })
}

function wantedOf(body: unknown): { token: string; login: string; password: string } | undefined {
  if (typeof body !== 'object' || body === null) return undefined
  const { token, login, password } = body as Record<string, unknown>
  if (typeof token !== 'string' || typeof login !== 'string' || typeof password !== 'string') return undefined
  return { token, login, password }
}
