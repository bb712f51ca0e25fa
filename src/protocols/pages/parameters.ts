/** Parameters with which browsers stretch page passwords. */
import { pageDefaults } from '../../core/accounts/index.ts'
import type { PageParameters } from '../../core/accounts/index.ts'
import { parametersBound, parametersFloor } from '../../identity/page-password.ts'
import { randomToken } from '../../lib/ids.ts'
import { object, oneOf, secret, whole } from './body.ts'

/** For a new password: today's, with a salt of their own, which tells nothing of any account. */
export const newParameters = (): PageParameters => ({ ...pageDefaults, salt: randomToken(128) })

/** Parameters that a browser says it has used; never below the floor, whatever was asked of it. */
export function parametersOf(body: Readonly<Record<string, unknown>>): PageParameters {
  const given = object(body, 'parameters')
  const measure = (name: 'memory' | 'passes' | 'lanes') =>
    whole(given, name, parametersFloor[name], parametersBound[name])
  return {
    algorithm: oneOf(given, 'algorithm', ['argon2id']),
    salt: Buffer.from(secret(given, 'salt', 16)).toString('base64url'),
    memory: measure('memory'),
    passes: measure('passes'),
    lanes: measure('lanes'),
  }
}

/** What a browser derived from a password or from words: 32 bytes in base64url. */
export const authOf = (body: Readonly<Record<string, unknown>>): string =>
  Buffer.from(secret(body, 'auth', 32)).toString('base64url')
