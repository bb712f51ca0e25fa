import { ofGrant, removals } from '../accounts/grants.ts'
import type { Account, PageSession } from '../accounts/index.ts'
import type { TargetOwner } from '../ports.ts'
import { commitSteps } from '../records/index.ts'
import { type Browsers, createBrowsers } from './browsers.ts'
import { type AskingClient, decide, type Decision, type Wanted } from './decide.ts'
import { type AppGrants, type AppsContext, createAppGrants } from './grants.ts'
import { createOverview, type Overview, type OverviewParts } from './overview.ts'
import type { ScopeRegistry } from './registry.ts'
import { createTokens, type Tokens } from './tokens.ts'
import { createGrantUses, type GrantUses } from './use.ts'

/** How long a grant that is over is still shown, in milliseconds. */
export const overShown = 30 * 86_400_000
const sweepEvery = 3_600_000
const sweptAtOnce = 500
/** Things that a person can choose from at a time. */
const maxTargets = 500

export interface AppsInput extends AppsContext, OverviewParts {}

export interface Apps extends AppGrants, Browsers, Tokens, Overview {
  registry: ScopeRegistry
  uses: GrantUses
  /** `decide`, with what the person has allowed to this app so far. */
  decide(
    account: Account | undefined,
    session: PageSession | undefined,
    client: AskingClient | undefined,
    redirect: string,
    wanted: Wanted,
  ): Promise<Decision>
  /** What of a door she can choose from; empty for a door without targets. */
  targets(door: string, person: TargetOwner): Promise<{ target: string; title: string }[]>
  /** Removes grants that have been over for long, and old counts; a few hundred of each. Returns how many rows went. */
  sweep(): Promise<number>
  start(): void
  /** Writes what was counted, and ends. */
  stop(): Promise<void>
}

/** Apps, devices and scripts, and what people let them do, over the directory tables of a store. */
export function createApps(input: AppsInput): Apps {
  const { store, clock, registry, onError } = input
  const grants = createAppGrants(input)
  const uses = createGrantUses(input)
  let timer: NodeJS.Timeout | undefined
  let sweeping: Promise<unknown> = Promise.resolve()

  async function sweep(): Promise<number> {
    const upTo = { column: 'expires', value: clock.now() - overShown }
    const over = await store.rows('app_grant', {}, { upTo, limit: sweptAtOnce })
    await commitSteps(
      store,
      over.map(({ grant_id: id, expires = null }) => ({
        // One that got a new term meanwhile stays.
        when: [{ is: 'row-has', table: 'app_grant', where: { grant_id: id ?? null }, has: { expires } }],
        changes: removals(ofGrant, { grant_id: String(id) }),
      })),
    )
    return over.length + (await uses.sweep())
  }

  return {
    registry,
    uses,
    ...grants,
    ...createBrowsers(input),
    ...createTokens(input),
    ...createOverview(input, uses, input),
    async decide(account, session, client, redirect, wanted) {
      const grant = account && client ? await grants.grantOf(account.id, client.id) : undefined
      return decide({ registry, now: clock.now(), grant }, account, session, client, redirect, wanted)
    },
    async targets(door, person) {
      const { targets } = registry.doors.find(({ name }) => name === door) ?? {}
      return (await targets?.list(store, person, maxTargets)) ?? []
    },
    sweep,
    start() {
      uses.start()
      timer = setInterval(() => {
        sweeping = sweep().catch(onError)
      }, sweepEvery).unref()
    },
    async stop() {
      clearInterval(timer)
      await Promise.all([sweeping, uses.stop()])
    },
  }
}
