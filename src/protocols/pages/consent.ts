/**
 * What an app asks of a person, and her answer: for whichever endpoint of whichever door the app asked at, and for
 * devices that show a code.
 */
import {
  type Answer,
  answered,
  covers,
  heldScopes,
  isHigh,
  type KnownScope,
  maxDays,
  maxScope,
  maxScopes,
  pick,
  writeScope,
} from '../../core/apps/index.ts'
import type { AppRequest } from '../../core/apps/index.ts'
import { isFresh } from '../../core/accounts/index.ts'
import type { Grant } from '../../core/accounts/index.ts'
import type { Api, MyCall } from './api.ts'
import { flag, optionalText, text } from './body.ts'
import { refuse } from './errors.ts'
import type { PagesParts } from './parts.ts'

/** Days that a person can choose from. */
const periods = [1, 7, 30, 90, 365]
const maxFields = 20

/** What begins the id of a request by a device; the code follows. */
const byCode = 'd.'

/** How many answers of a person are worked on: as many as an app can ask for. */
const maxAnswers = maxScopes

type Parts = Pick<PagesParts, 'apps' | 'appRequests' | 'clock' | 'notices'>

export function consentRoutes(api: Api, parts: Parts): void {
  const { apps, appRequests, clock } = parts
  api.codes({ paused: 409, 'other-account': 409, 'device-absent': 404 })

  async function find(call: MyCall, id: string, otherwise: string): Promise<AppRequest> {
    const asker = { browser: call.browser, address: call.address }
    for (const look of appRequests) {
      const found = id.length <= 100 ? await look(id, asker) : undefined
      if (found) return found
    }
    throw refuse(otherwise)
  }

  /** What is decided now: what is missing, and what she has allowed before. */
  async function decide({ account, session }: MyCall, request: AppRequest) {
    const { client, redirect, scopes, again, provedSince } = request
    if (request.not === account.id) throw refuse('other-account')
    if (Math.max(session.authenticated, session.created) < provedSince) throw refuse('not-fresh')
    const decided = (anew: boolean) =>
      apps.decide(account, session, client, redirect, { scopes, ...(anew && { prompt: 'consent' as const }) })
    let decision = await decided(again)
    if (decision.kind === 'grant' && request.isOfUse?.(decision.grant) === false)
      decision = await decided(true)
    if (decision.kind !== 'refuse') return decision
    if (decision.why === 'scope') throw refuse(decision.code, { scope: decision.scope })
    throw refuse(decision.why === 'paused' ? 'paused' : 'absent')
  }

  async function shown(call: MyCall, request: AppRequest): Promise<object> {
    const { account } = call
    const language = account.language ?? call.language
    const { client, device } = request
    const decision = await decide(call, request)
    const missing = decision.kind === 'ask' ? decision.missing : []
    const asks = await Promise.all(
      missing.map(async (scope) => {
        const { title, description, question, fields, days } = apps.registry.describe(scope, language)
        const choice = scope.kind === 'door' && scope.target === pick ? scope.door : undefined
        const targets = choice ? await apps.targets(choice.name, account) : []
        return {
          scope: scope.text,
          title,
          description,
          ...(choice
            ? {
                question,
                choices: targets.map(({ target, title: name }) => ({ id: target, title: name })),
                ...(choice.targets?.begins === undefined ? {} : { begins: choice.targets.begins }),
              }
            : {}),
          ...(scope.kind === 'standard' ? {} : { verbs: verbsOf(scope) }),
          ...(fields === undefined ? {} : { fields }),
          ...(days === undefined ? {} : { days }),
          ...(isHigh(apps.registry, scope) ? { high: true } : {}),
        }
      }),
    )
    return {
      app: {
        name: client.name,
        origin: device === undefined ? client.origin : '',
        verified: client.trust,
        ...(device === undefined ? {} : { device }),
      },
      asks,
      periods: missing.some(({ kind }) => kind !== 'standard') ? periods : [],
      already: decision.grant ? titlesOf(decision.grant, missing, language) : [],
      account: account.login,
    }
  }

  function titlesOf(grant: Grant, missing: readonly KnownScope[], language: 'en' | 'fr'): string[] {
    const asked = new Set(missing.map(({ text: written }) => written))
    return heldScopes(grant, clock.now())
      .filter((written) => !asked.has(written))
      .flatMap((written) => {
        try {
          return [apps.registry.describe(apps.registry.one(written), language).title]
        } catch {
          // A door may have had scopes that it has no more.
          return []
        }
      })
  }

  /** The verbs that an answer may give instead: those that allow no more. */
  function verbsOf(scope: Exclude<KnownScope, { kind: 'standard' }>): string[] {
    if (scope.kind === 'module') return scope.verb === 'rw' ? ['r', 'rw'] : ['r']
    return scope.door.scopes
      .filter(({ one }) => scope.target === undefined || one !== undefined)
      .flatMap(({ verb }) => {
        const { target, fields } = scope
        const other = {
          name: scope.door.name,
          verb,
          ...(target ? { target } : {}),
          ...(fields ? { fields } : {}),
        }
        try {
          return covers(apps.registry, scope, apps.registry.one(writeScope(other))) ? [verb] : []
        } catch {
          // Another verb has not these fields.
          return []
        }
      })
  }

  async function answer(call: MyCall, request: AppRequest): Promise<string | null> {
    const { account, session, body, addressPrefix: address, agent } = call
    const by = { account, session }
    if (flag(body, 'refuse')) return request.refused()
    const decision = await decide(call, request)
    if (decision.kind === 'grant') return request.allowed(by, decision.grant)
    const answers = answersTo(decision.missing, body)
    const given = answers.filter(({ allow }) => allow).map((one) => answered(apps.registry, one))
    if (given.length === 0 && !decision.grant) return request.refused()
    if (given.some((scope) => isHigh(apps.registry, scope)) && !isFresh(session, clock.now()))
      throw refuse('not-fresh')
    const { id, name, origin, trust } = request.client
    const grant = await apps.allow(account.id, { id, name, origin, trust }, answers, { address, agent })
    if (!decision.grant) parts.notices.tell(account, 'app-added', { label: name, origin })
    return request.allowed(by, grant)
  }

  /** What she said to each thing that is asked for; of what else is in the body nothing counts. */
  function answersTo(missing: readonly KnownScope[], body: MyCall['body']): Answer[] {
    const { answers = [], days = null } = body
    if (!Array.isArray(answers) || answers.length > maxAnswers)
      throw refuse('malformed', { member: 'answers' })
    if (days !== null && (!Number.isSafeInteger(days) || Number(days) < 1 || Number(days) > maxDays))
      throw refuse('malformed', { member: 'days' })
    const read = new Map(answers.map((one) => readAnswer(one)).map((one) => [one.asked, one]))
    return missing.map((scope) => {
      const said = read.get(scope.text)
      if (!said?.allow) return { asked: scope.text, allow: false }
      const limit = scope.kind === 'standard' ? undefined : scope.days
      const until =
        days === null || scope.kind === 'standard' ? undefined : Math.min(Number(days), limit ?? maxDays)
      return { ...said, ...(until === undefined ? {} : { days: until }) }
    })
  }

  api.mine('GET', '/consent/:id', async (call) =>
    shown(call, await find(call, call.params['id'] ?? '', 'absent')),
  )

  api.mine('POST', '/consent/:id', async (call) => ({
    location: await answer(call, await find(call, call.params['id'] ?? '', 'absent')),
  }))

  const device = (call: MyCall) => find(call, byCode + text(call.body, 'code', 40), 'device-absent')

  api.mine('POST', '/device/look', async (call) => shown(call, await device(call)))

  api.mine('POST', '/device', async (call) => void (await answer(call, await device(call))))
}

function readAnswer(given: unknown): Answer {
  if (typeof given !== 'object' || given === null) throw refuse('malformed', { member: 'answers' })
  const one = given as Record<string, unknown>
  const [target, verb] = [optionalText(one, 'target', 140), optionalText(one, 'verb', 20)]
  const { fields } = one
  if (fields !== undefined) {
    const isList = Array.isArray(fields) && fields.length > 0 && fields.length <= maxFields
    if (!isList || fields.some((field) => typeof field !== 'string' || field.length > 40))
      throw refuse('malformed', { member: 'fields' })
  }
  return {
    asked: text(one, 'asked', maxScope),
    allow: flag(one, 'allow'),
    ...(target === undefined ? {} : { target }),
    ...(verb === undefined ? {} : { verb }),
    ...(fields === undefined ? {} : { fields: fields as string[] }),
  }
}
