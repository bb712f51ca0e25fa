/** What others may see of a person: she sets it here, and everybody may look at her picture at its own address. */
import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import {
  avatar,
  maxAvatar,
  maxName,
  readProfile,
  removeAvatar,
  setAvatar,
  setName,
} from '../../core/accounts/index.ts'
import type { Account } from '../../core/accounts/index.ts'
import type { Api } from './api.ts'
import { optionalText } from './body.ts'
import { refuse } from './errors.ts'
import type { PagesParts } from './parts.ts'

const types = ['image/png', 'image/jpeg', 'image/webp']
/** Seconds that a picture may be shown without asking again. */
const keptFor = 3_600

/** Where a picture is. */
export const avatarPath = (id: string): string => `/avatar/${id}`

export function profileRoutes(app: FastifyInstance, api: Api, parts: PagesParts): void {
  const { store, profileChanged } = parts
  api.codes({ 'name-malformed': 400, 'not-a-picture': 400 })
  // What it says it is decides nothing: its first bytes do.
  app.addContentTypeParser(types, { parseAs: 'buffer' }, (_request, body, done) => done(null, body))

  const profile = async (account: Account) => {
    const { name, avatar: id } = await readProfile(store, account)
    return { name, avatar: id === null ? null : avatarPath(id) }
  }

  api.mine('PUT', '/me/profile', async ({ account, body }) => {
    await setName(store, account, optionalText(body, 'name', 4 * maxName) ?? '')
    profileChanged(account)
    return profile(account)
  })

  api.mine(
    'PUT',
    '/me/avatar',
    async ({ account, request }) => {
      const { body } = request
      if (!(body instanceof Uint8Array)) throw refuse('not-a-picture')
      await setAvatar(parts, account, body)
      profileChanged(account)
      return profile(account)
    },
    { bodyLimit: maxAvatar },
  )

  api.mine('DELETE', '/me/avatar', async ({ account }) => {
    await removeAvatar(store, account)
    profileChanged(account)
    return profile(account)
  })

  app.get<{ Params: { id: string } }>('/avatar/:id', async (request, reply) => {
    const { id } = request.params
    const found = /^[\w-]{20,64}$/.test(id) ? await avatar(parts, id) : undefined
    const etag = `"${id}"`
    void reply.headers({
      'Content-Security-Policy': "sandbox; default-src 'none'",
      'X-Content-Type-Options': 'nosniff',
      'Cross-Origin-Resource-Policy': 'cross-origin',
      'Referrer-Policy': 'no-referrer',
      'Cache-Control': found ? `public, max-age=${keptFor}` : 'no-store',
    })
    const bytes = await found?.open()
    if (!found || !bytes) return reply.code(404).send({ error: 'absent' })
    void reply.header('ETag', etag)
    if (request.headers['if-none-match']?.split(/\s*,\s*/).includes(etag)) {
      if (bytes instanceof Readable) bytes.destroy()
      return reply.code(304).send()
    }
    void reply.headers({ 'Content-Type': found.type, 'Content-Length': String(found.size) })
    return reply.send(bytes instanceof Uint8Array ? Buffer.from(bytes) : Readable.from(bytes))
  })
}
