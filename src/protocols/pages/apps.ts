/** All apps, devices and scripts of a person, whichever door they use: what each may do, and how it is taken back. */
import { maxDays, maxScope, maxScopes, type ScopeErrorCode } from '../../core/apps/index.ts'
import type { Api, MyCall } from './api.ts'
import { flag, oneOf, text } from './body.ts'
import { refuse } from './errors.ts'
import type { PagesParts } from './parts.ts'

/** Of no use for so long: what the page offers to take back at once. */
const unusedFor = 60 * 86_400_000
/** Grants that are named in one call. */
const maxNamed = 1_000

const scopeCodes: Readonly<Record<ScopeErrorCode, number>> = {
  'scope-malformed': 400,
  'scope-unknown': 400,
  'scope-open': 400,
  'target-absent': 404,
  'scope-wider': 400,
}

const fromOf = ({ addressPrefix: address, agent }: MyCall) => ({ address, agent })

const languageOf = ({ account, language }: MyCall) => account.language ?? language

export function appRoutes(api: Api, { accounts, apps, clock, notices }: PagesParts): void {
  const fresh = { fresh: true }
  api.codes(scopeCodes)

  api.mine('GET', '/me/apps', async (call) => {
    const { after = '' } = call.query
    const page = /^[a-z2-7]{1,40}$/.test(after) ? { after } : {}
    return apps.apps(call.account.id, { language: languageOf(call), ...page })
  })

  api.mine('GET', '/me/apps/:id/why', async (call) => ({
    allowed: await apps.why(call.account.id, call.params['id'] ?? '', languageOf(call)),
  }))

  api.mine('PUT', '/me/apps/:id', async (call) => {
    const { account, body, params } = call
    const id = params['id'] ?? ''
    if (body['narrow'] !== undefined) {
      await apps.narrow(account.id, id, text(body, 'narrow', maxScope), fromOf(call))
      return
    }
    // What is paused may go on: nothing is opened by it that she had not allowed.
    await accounts.suspendGrant(account.id, id, flag(body, 'paused'), fromOf(call))
  })

  // To take back needs no proof: whoever has the session should be able to stop an app at once.
  api.mine('DELETE', '/me/apps/:id', async (call) =>
    accounts.revokeGrant(call.account.id, call.params['id'] ?? '', fromOf(call)),
  )

  api.mine(
    'POST',
    '/me/apps/end',
    async (call) => {
      const { account, body } = call
      const named = body['ids']
      if (named !== undefined) {
        if (!Array.isArray(named) || named.length > maxNamed || named.some((one) => typeof one !== 'string'))
          throw refuse('malformed', { member: 'ids' })
        return { ended: await accounts.revokeGrants(account.id, named as string[], fromOf(call)) }
      }
      oneOf(body, 'which', ['unused'])
      const unused = await apps.unusedSince(account.id, clock.now() - unusedFor)
      return { ended: await accounts.revokeGrants(account.id, unused, fromOf(call)) }
    },
    { bodyLimit: 65_536 },
  )

  api.mine('GET', '/me/scopes', async (call) => {
    const language = languageOf(call)
    const { doors, storage } = apps.registry
    return {
      doors: doors
        .filter((door) => door.scopes.length > 0)
        .map(({ name, scopes, targets }) => ({
          name,
          scopes: scopes.map(({ verb, title, description, one }) => ({
            scope: `${name}:${verb}`,
            title: title[language],
            description: description[language],
            one: one !== undefined,
          })),
          ...(targets ? { question: targets.question[language] } : {}),
          ...(targets?.begins === undefined ? {} : { begins: targets.begins }),
        })),
      modules: storage.length > 0,
    }
  })

  api.mine('GET', '/me/scopes/:door/targets', async ({ account, params }) => {
    const door = apps.registry.doors.find(({ name }) => name === params['door'])
    if (!door?.targets) throw refuse('absent')
    return { targets: await apps.targets(door.name, account) }
  })

  api.mine(
    'POST',
    '/me/tokens',
    async (call) => {
      const { account, body } = call
      const name = text(body, 'name', 100)
      const { scopes, days = null } = body
      if (
        !Array.isArray(scopes) ||
        scopes.length > maxScopes ||
        scopes.some((one) => typeof one !== 'string')
      )
        throw refuse('malformed', { member: 'scopes' })
      if (days !== null && (!Number.isSafeInteger(days) || Number(days) < 1 || Number(days) > maxDays))
        throw refuse('malformed', { member: 'days' })
      const wanted = { name, scopes: scopes as string[], ...(days === null ? {} : { days: Number(days) }) }
      const { text: token, grant } = await apps.createToken(account.id, wanted, fromOf(call))
      notices.tell(account, 'token-added', { label: name })
      return { text: token, grant: { id: grant.id, expires: grant.expires, created: grant.created } }
    },
    fresh,
  )
}
