/** `/accounts`: the people who sign in at this door, for themselves and for who administers them. */
import type { Account } from '../../core/accounts/index.ts'
import { afterKey, compareBy, compileFilter, keepFirst, type SortKey } from '../../lib/filter/index.ts'
import type { JsonObject } from '../../lib/json/index.ts'
import {
  administers,
  deleteAccount,
  getAccount,
  patchAccount,
  postAccount,
  putAccount,
  readsAll,
  remove,
  valueOf,
} from './account.ts'
import { jsonAnswer, notModified, revisionHeaders, tombstoneValue } from './answer.ts'
import { checkAccept } from './body.ts'
import type { Call, Door, Handler, Route } from './call.ts'
import { checkConditions, isUnchanged, readConditions } from './conditions.ts'
import { pageLimit, type PagePlace } from './page.ts'
import { projector } from './projection.ts'
import { type ListParameters, readListParameters } from './query.ts'
import { deprecation, totals } from './verbs/list.ts'
import { refuse } from './verbs/object.ts'

interface Found {
  accounts: Account[]
  total: number
  /** The latest revision among all that may be seen. */
  clock: number
}

/** The accounts that may be seen (or changed) and pass the filters: one more than the limit, where there are more. */
async function find(
  door: Door,
  call: Call,
  { filters, sorts }: ListParameters,
  { changes, after, limit }: { changes: boolean; after: SortKey | undefined; limit: number },
): Promise<Found> {
  const passes = compileFilter(filters)
  const follows = after && afterKey(sorts, after)
  const order = compareBy(sorts)
  const first = keepFirst<{ value: JsonObject; account: Account }>(limit + 1, (a, b) =>
    order(a.value, b.value),
  )
  let total = 0
  let clock = 1
  const everybody = changes ? await administers(door, call) : await readsAll(door, call)
  for await (const account of everybody ? everyAccount(door) : ownAccount(door, call)) {
    clock = Math.max(clock, account.modified)
    const value = valueOf(account)
    if (!passes(value)) continue
    total++
    if (!follows || follows(value)) first.add({ value, account })
  }
  return { accounts: first.sorted().map(({ account }) => account), total, clock }
}

async function* ownAccount(door: Door, call: Call): AsyncGenerator<Account> {
  const { account, grant } = call.who.subject
  if (!account) return refuse(call)
  const found = grant ? undefined : await door.accounts.byId(account.id)
  if (found && isPerson(door, found)) yield found
}

async function* everyAccount(door: Door): AsyncGenerator<Account> {
  let after: string | undefined
  for (;;) {
    const page = await door.accounts.list({ ...(after !== undefined && { after }), limit: 1000 })
    for (const account of page) if (isPerson(door, account)) yield account
    if (page.length < 1000) return
    after = page.at(-1)!.id
  }
}

/** Guests have no account that anybody could see. */
const isPerson = (door: Door, { login }: Account) => door.names.ofLogin(login).startsWith('account:')

const listAccounts: Handler = async (door, call) => {
  checkAccept(call.headers)
  const conditions = readConditions(call.headers)
  const parameters = readListParameters(call.address.query, call.now)
  const page = pagePlace(call, false)
  const after = door.pages.start(page, parameters) as SortKey | undefined
  const limit = pageLimit(parameters.limit, door.settings)
  const { accounts, total, clock } = await find(door, call, parameters, { changes: false, after, limit })
  if (isUnchanged(conditions, clock)) return notModified(clock)
  checkConditions(conditions, clock)
  const headers = [
    ...revisionHeaders(clock),
    'Cache-Control',
    'no-cache, no-store',
    ...deprecation(parameters, door.settings),
  ]
  if (call.method === 'HEAD')
    return { status: 200, headers: [...headers, ...totals(total)], body: '{"data":[]}' }
  const shown = accounts.slice(0, limit).map(valueOf)
  if (accounts.length > limit) headers.push(...door.pages.next(page, parameters, limit, shown.at(-1)!))
  const project = parameters.fields && projector(parameters.fields)
  return jsonAnswer(200, { data: project ? shown.map(project) : shown }, headers)
}

/** Ends the accounts that filters find, one after the other. */
const deleteAccounts: Handler = async (door, call) => {
  checkAccept(call.headers)
  const conditions = readConditions(call.headers)
  const parameters = readListParameters(call.address.query, call.now)
  const page = pagePlace(call, true)
  const after = door.pages.start(page, parameters) as SortKey | undefined
  const limit = pageLimit(parameters.limit, door.settings)
  const { accounts, clock } = await find(door, call, parameters, { changes: true, after, limit })
  checkConditions(conditions, clock)
  const tombstones: JsonObject[] = []
  let latest = clock
  for (const account of accounts.slice(0, limit)) {
    const modified = await remove(door, account)
    if (modified === undefined) continue
    tombstones.push(tombstoneValue(account.login, modified))
    latest = Math.max(latest, modified)
  }
  const headers = revisionHeaders(latest)
  if (accounts.length > limit)
    headers.push(...door.pages.next(page, parameters, limit, valueOf(accounts[limit - 1]!)))
  return jsonAnswer(200, { data: tombstones }, headers)
}

function pagePlace(call: Call, deletes: boolean): PagePlace {
  return { list: 'accounts', path: call.address.path, deletes, now: call.now }
}

export const accountRoutes: readonly Route[] = [
  {
    path: '/accounts',
    methods: { HEAD: listAccounts, GET: listAccounts, POST: postAccount, DELETE: deleteAccounts },
    signsUp: true,
  },
  {
    path: '/accounts/{account}',
    methods: { GET: getAccount, PUT: putAccount, PATCH: patchAccount, DELETE: deleteAccount },
    signsUp: true,
  },
]
