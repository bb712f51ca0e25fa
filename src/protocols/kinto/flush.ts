/** `/__flush__`: empties this door, and nothing of others. */
import { groupPrincipal } from '../../core/permissions/index.ts'
import type { HomeRow, Row, Store, TableName, Where } from '../../core/ports.ts'
import { type Change, commitStep, type Step } from '../../core/records/index.ts'
import type { Answer } from './answer.ts'
import type { Call, Door, Route } from './call.ts'
import { type BucketRow, bucketRow, clockRow, storedRow } from './directory.ts'
import { bucketList, bucketPath, groupList } from './kinds.ts'
import { refuse } from './verbs/object.ts'

const pageRows = 1000

async function flush(door: Door, call: Call): Promise<Answer> {
  const { settings, accounts, basic, store } = door
  const { account, grant } = call.who.subject
  if (settings.flush !== 'anyone' && (account?.role !== 'owner' || grant)) refuse(call)
  await flushBuckets(store, call.now)
  await accounts.flush('kinto')
  basic.forget()
  return { status: 202, headers: [], body: '{}' }
}

/** Drops what is in every bucket, and lets go of all ids; clocks go on, later than all that they ever showed. */
async function flushBuckets(store: Store, now: number): Promise<void> {
  let clock = now
  for (const row of (await all(store, 'bucket', {})).map(bucketRow)) {
    clock = Math.max(clock, row.modified)
    if (row.id === clockRow) continue
    const home = await store.home(row.home)
    const members = await all(store, 'membership', {}, groupPrincipal(row.home, `${groupList}/`))
    await commitStep(store, flushStep(row, home?.state === 'active' ? home : undefined, members))
  }
  const names = await all(store, 'name', { kind: 'bucket' })
  await commitStep(store, {
    changes: [
      ...names.map((row) => remove('name', { kind: 'bucket', name: row['name'] ?? '' })),
      {
        kind: 'row',
        table: 'bucket',
        put: storedRow({ id: clockRow, home: 0, modified: clock + 1, deleted: false }),
      },
    ],
  })
}

/** Empties one bucket: a space ends, a person's home stays with clocks that were raised. */
function flushStep(row: BucketRow, home: HomeRow | undefined, members: readonly Row[]): Step {
  const changes = [
    remove('bucket', { bucket_id: row.id }),
    ...members.map(({ principal = null, group_principal = null }) =>
      remove('membership', { principal, group_principal }),
    ),
  ]
  if (!home) return { changes }
  if (home.kind !== 'person') {
    changes.push(remove('shared_with', { home_id: home.id }))
    changes.push({ kind: 'alter-home', home: home.id, set: { state: 'ended' } })
    return { changes }
  }
  const { id } = home
  changes.push(
    { kind: 'delete', home: id, path: bucketList, id: bucketPath },
    {
      kind: 'compute',
      home: id,
      path: bucketList,
      id: bucketPath,
      compute(_stored, view) {
        const clocks = view.collectionsBelow(id, bucketPath).map(({ clock }) => clock)
        return [
          {
            kind: 'alter-home',
            home: id,
            set: { baseClock: Math.max(view.now, row.modified, ...clocks) + 1 },
          },
        ]
      },
    },
    { kind: 'drop', home: id, path: bucketPath },
  )
  return { changes }
}

const remove = (table: TableName, where: Where): Change => ({ kind: 'row', table, remove: where })

async function all(store: Store, table: TableName, where: Where, groups?: string): Promise<Row[]> {
  const found: Row[] = []
  for (let after: Row | undefined; ; after = found.at(-1)) {
    const rows = await store.rows(table, where, {
      limit: pageRows,
      ...(groups !== undefined && { prefix: { column: 'group_principal', value: groups } }),
      ...(after && { after }),
    })
    found.push(...rows)
    if (rows.length < pageRows) return found
  }
}

/** The route of a server on which somebody may flush. */
export const flushRoute: Route = { path: '/__flush__', methods: { POST: flush } }
