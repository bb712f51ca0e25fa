/**
 * Nothing of an account that ended is left: every table of the database is filled with rows of two people, one is
 * purged, and what remains is searched for her, while the other finds everything as it was.
 */
import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, test, type TestContext } from 'node:test'
import { type Account, setAvatar } from '../src/core/accounts/index.ts'
import { accountPrincipal, groupPrincipal } from '../src/core/permissions/index.ts'
import { type Row, type TableName, tables } from '../src/core/ports.ts'
import { type Change, commitStep, createHousekeeping } from '../src/core/records/index.ts'
import { newHomeId } from '../src/lib/ids.ts'
import { dumpDatabase } from '../src/store/postgres/dump.ts'
import { type AccountsOn, accountsOn, storeKinds } from './support/accounts-on.ts'

const day = 86_400_000

/** In every text of her rows, and in none of the other's. */
const hers = 'zephyrine'
const his = 'bartholomew'

interface Person {
  account: Account
  /** What stands in the texts of this person's rows. */
  mark: string
  space: number
}

/** Rows of one person in a directory; a table that is added has to be added here. */
const directory: Readonly<Record<TableName, (person: Person, other: Person) => Row[]>> = {
  // Made by the accounts themselves; who invited whom is set below.
  account: () => [],
  credential: own({ credential_id: 'text', kind: 'text', data: 'json' }),
  app_grant: own({ grant_id: 'text', label: 'text', data: 'json' }),
  grant_scope: ({ mark, account }, other) => [scope(mark, account.home), scope(mark, other.account.home)],
  grant_use: ({ mark, account }) => [
    { grant_id: `${mark} use`, day: 1, account_id: account.id, count: 1, places: `["${mark}"]` },
  ],
  // Apps are nobody's.
  oauth_client: () => [
    { client_id: 'app', kind: 'registered', data: '{}', created: 1, last_used: 1, expires: null },
  ],
  oidc: own({ hash: 'text', uid: 'text', user_code: 'text', sealed: 'text' }),
  token: own({ hash: 'text', data: 'json' }),
  session: own({ session_id: 'text', hash: 'text', address: 'text', agent: 'text', browser: 'text' }),
  browser: own({ hash: 'text', agent: 'text' }),
  identity: own({ issuer: 'text', subject: 'text', provider: 'text', label: 'text' }),
  address: own({ address_id: 'text', address: 'text', folded: 'text' }),
  recovery: (person, other) =>
    own({ recovery_id: 'text', hash: 'text', stop_hash: 'text' })(person).map((row) => ({
      ...row,
      asked_by: other.account.id,
    })),
  invitation: own({ invitation_id: 'text', hash: 'text', label: 'text' }),
  pairing: own({ hash: 'text', poll_hash: 'text', data: 'json' }),
  log_entry: ({ mark, account: { id, login } }, other) => [
    entry(`1 ${mark}`, { account_id: id, area: 'person', actor: id, details: `{"label":"${mark}"}` }),
    // What she did about the other, and as an administrator; it stays, without her.
    entry('2', {
      account_id: other.account.id,
      area: 'server',
      actor: id,
      act: '2',
      address: mark,
    }),
    entry('3', { account_id: null, area: 'server', actor: id, act: '3', details: `{"login":"${login}"}` }),
    // What somebody did about her.
    entry('4', { account_id: id, area: 'server', actor: 'x', act: '4', details: `{"login":"${login}"}` }),
  ],
  setting: ({ account, mark }) => [
    { name: `set by ${mark.length}`, value: '{}', modified: 1, by_account: account.id },
  ],
  outgoing_mail: own({ mail_id: 'text', sealed: 'text' }),
  membership: ({ account }, other) => [
    { principal: accountPrincipal(account.id), group_principal: group(other) },
    {
      principal: accountPrincipal(other.account.id),
      group_principal: groupPrincipal(account.home, 'kinto/groups/own'),
    },
  ],
  name: ({ account, mark }) => [
    { kind: 'bucket', name: mark, home_id: account.home, owner: accountPrincipal(account.id), until: day },
  ],
  bucket: ({ mark, account, space }) => [
    { bucket_id: `${mark} own`, home_id: account.home, modified: 1, deleted: 0 },
    { bucket_id: `space ${mark.length}`, home_id: space, modified: 1, deleted: 0 },
  ],
  sync_user: ({ account, mark }) => [
    {
      uid: mark.length,
      account_id: account.id,
      home_id: account.home,
      client_state: mark,
      generation: 0,
      keys_changed_at: 1,
    },
  ],
  fxa_account: ({ account, mark }) => [
    { uid: `${mark} uid`, account_id: account.id, home_id: account.home, verifier: mark, sealed: mark },
  ],
  fxa_device: ({ account, mark }) => [
    {
      device_id: `${mark} device`,
      account_id: account.id,
      home_id: account.home,
      grant_id: `${mark} grant`,
      name: mark,
      type: 'desktop',
      commands: '{}',
      push: mark,
    },
  ],
  shared_with: ({ account }, other) =>
    [accountPrincipal(account.id), groupPrincipal(account.home, 'kinto/groups/own')].map((principal) => ({
      principal,
      home_id: other.account.home,
      path: 'kinto/collections/c',
      bits: 1,
      expires: null,
    })),
}

/** Rows that carry the account in a column of their own, with texts that are the person's. */
function own(texts: Readonly<Record<string, 'text' | 'json'>>) {
  return ({ account, mark }: Person): Row[] => {
    const filled = Object.entries(texts).map(([column, kind]) => [
      column,
      kind === 'json' ? JSON.stringify({ of: mark }) : `${mark} ${column}`,
    ])
    return [{ ...(Object.fromEntries(filled) as Row), account_id: account.id }]
  }
}

/** Of the grant that `app_grant` has. */
const scope = (mark: string, home: number): Row => ({
  grant_id: `${mark} grant_id`,
  scope: mark,
  home_id: home,
  path: 'kinto',
  bits: 1,
})
const entry = (id: string, more: Row): Row => ({
  entry_id: id,
  act: 'act',
  details: '{}',
  created: 1,
  ...more,
})
const group = ({ account }: Person) => groupPrincipal(account.home, 'kinto/groups/friends')

/** With every column that the row leaves out. */
function complete(table: TableName, row: Row): Row {
  const columns = Object.entries(tables[table].columns)
  return Object.fromEntries(
    columns.map(([name, type]) => [
      name,
      row[name] !== undefined
        ? row[name]
        : type === 'integer' && /created|expires|seen|due/.test(name)
          ? 1
          : null,
    ]),
  )
}

/** Something in every table of a home, and what each has in the other's. */
async function furnish({ store, blobs }: AccountsOn, person: Person, other: Person): Promise<void> {
  const { account, mark, space } = person
  const { home } = account
  const principal = accountPrincipal(account.id)
  const body = await blobs.put(home, one(Buffer.from(`a large document of ${mark}`)), { maxBytes: 1000 })
  const input = { kind: 'space', owner: principal, payer: home } as const
  const at = (path: string, id: string, data = JSON.stringify({ of: mark })): Change => ({
    kind: 'put',
    home,
    path,
    id,
    data,
    owner: principal,
  })
  const c = 'kinto/collections/c/records'
  await commitStep(store, { changes: [{ kind: 'create-home', home: space, input }] })
  await commitStep(store, {
    changes: [
      ...['', 'kinto/groups', 'kinto/collections', c].map((path): Change => ({ kind: 'make', home, path })),
      at('', 'kinto'),
      at('kinto/collections', 'c'),
      at(c, 'r'),
      at(c, 'gone'),
      { kind: 'index', home, path: c, fields: ['of'] },
      at('kinto/groups', 'friends', JSON.stringify({ members: [`account:${other.account.login}`, mark] })),
      { kind: 'put', home, path: 'rs/docs', id: 'd', type: 'text/plain', blob: body, data: '{}' },
      {
        kind: 'put',
        home,
        path: 'rs/docs',
        id: 'e',
        type: 'text/plain',
        body: Buffer.from(mark),
        data: '{}',
      },
      at('contacts/old', 'x'),
      { kind: 'access', home, path: 'kinto', principal: 'everyone', source: 'given', bits: 1 },
      { kind: 'enqueue', home, name: mark, expires: 9e15, head: mark },
      {
        kind: 'stage',
        home,
        batch: mark,
        expires: 9e15,
        items: [{ id: mark, change: { set: { of: mark } } }],
      },
      {
        kind: 'put',
        home: space,
        path: 'posts',
        id: 'p',
        data: JSON.stringify({ of: mark }),
        owner: principal,
      },
    ],
  })
  await commitStep(store, {
    changes: [
      { kind: 'delete', home, path: c, id: 'gone' },
      { kind: 'drop', home, path: 'contacts/old' },
    ],
  })
}

/** What a person has in the home of the other: a right there, one that was taken away, and records of her own. */
async function visit({ store }: AccountsOn, { account }: Person, other: Person): Promise<void> {
  const principal = accountPrincipal(account.id)
  const { home } = other.account
  const access = (path: string, who: string, bits: number): Change => ({
    kind: 'access',
    home,
    path,
    principal: who,
    source: 'given',
    bits,
  })
  const put = {
    kind: 'put',
    home,
    path: 'kinto/collections/c/records',
    data: `{"of":"${other.mark}"}`,
  } as const
  await commitStep(store, {
    changes: [
      access('kinto/collections/c', principal, 4),
      access('kinto/collections/c', groupPrincipal(account.home, 'kinto/groups/own'), 1),
      access('kinto/collections/d', principal, 1),
      { ...put, id: `by ${account.role}`, owner: principal },
      { ...put, id: 'deleted by its maker', owner: principal },
    ],
  })
  await commitStep(store, {
    changes: [
      access('kinto/collections/d', principal, 0),
      { kind: 'delete', home, path: 'kinto/collections/c/records', id: 'deleted by its maker' },
    ],
  })
}

async function* one(bytes: Uint8Array) {
  yield bytes
}

/** Every row of every table there is, as text. */
async function everything({ folder, url }: AccountsOn): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>()
  const add = (table: string, cells: readonly unknown[]) =>
    found.set(table, [...(found.get(table) ?? []), JSON.stringify(cells.map(textOf))])
  if (url) {
    for await (const { table, rows } of dumpDatabase(url)) for (const row of rows) add(table, row)
    return found
  }
  const database = new DatabaseSync(join(folder, 'essaim.db'), { readOnly: true })
  const names = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all()
  for (const { name } of names)
    for (const row of database.prepare(`SELECT * FROM ${String(name)}`).all())
      add(String(name), Object.values(row))
  database.close()
  return found
}

const textOf = (cell: unknown) => (cell instanceof Uint8Array ? Buffer.from(cell).toString('latin1') : cell)

async function open(t: TestContext, kind: (typeof storeKinds)[number]) {
  const parts = await accountsOn(t, kind)
  const { store, accounts, owner } = parts
  const [zoe, bart] = [await parts.person(hers), await parts.person(his)]
  await accounts.setRole(owner, zoe.id, 'administrator')
  // A login that she had before.
  await accounts.rename(zoe.id, { login: `${hers}.renamed`, from: { address: hers, agent: hers } })
  const she: Person = { account: (await accounts.byId(zoe.id))!, mark: hers, space: newHomeId() }
  const he: Person = { account: bart, mark: his, space: newHomeId() }
  await furnish(parts, she, he)
  await furnish(parts, he, she)
  await visit(parts, she, he)
  await visit(parts, he, she)
  await setAvatar(parts, she.account, Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.from(hers)]))
  const [account] = await store.rows('account', { account_id: bart.id })
  const changes = [[she, he] as const, [he, she] as const].flatMap(([person, other]) =>
    (Object.keys(tables) as TableName[]).flatMap((table) =>
      directory[table](person, other).map((row): Change => {
        const full = complete(table, row)
        // Ids of entries are one person's.
        const put =
          table === 'log_entry'
            ? { ...full, entry_id: `${String(full['entry_id'])} ${person.mark.length}` }
            : full
        return { kind: 'row', table, put }
      }),
    ),
  )
  changes.push({ kind: 'row', table: 'account', put: { ...account, invited_by: zoe.id } })
  await commitStep(store, { changes })
  return { parts, she, he }
}

for (const kind of storeKinds)
  describe(`a purged account on ${kind}`, () => {
    test('has a row in every table before it goes', async (t) => {
      const { parts, she } = await open(t, kind)
      const found = await everything(parts)
      // What is true of the database as a whole, and apps, which are nobody's.
      for (const table of ['meta', 'oauth_client']) assert.ok(found.delete(table), table)
      for (const [table, rows] of found) {
        const marks = [she.account.id, hers, String(she.account.home), String(she.space)]
        assert.ok(
          rows.some((row) => marks.some((mark) => row.includes(mark))),
          `nothing of hers in ${table}`,
        )
      }
      const known = [
        ...Object.keys(tables),
        'home',
        'collection',
        'record',
        'field_key',
        'access',
        'queue',
        'staged',
        'blob',
        'dropped',
      ]
      assert.deepEqual(
        [...found.keys()].toSorted(),
        known.filter((table) => table !== 'oauth_client').toSorted(),
      )
    })

    test('leaves nothing, and everything of others', async (t) => {
      const { parts, she, he } = await open(t, kind)
      const { store, blobs, accounts, clock, errors, folder } = parts
      const before = await everything(parts)
      const avatar = (await store.rows('name', { home_id: she.account.home })).find(
        (row) => row['kind'] === 'avatar',
      )
      assert.ok(avatar)

      await accounts.leave(she.account.id, { by: she.account })
      clock.tick(14 * day)
      assert.equal(await accounts.purgeDue(), 1)
      // The space that nobody took over.
      clock.tick(31 * day)
      const housekeeping = createHousekeeping({ store, blobs, clock, onError: (error) => errors.push(error) })
      await housekeeping.sweepRows()
      await housekeeping.sweepBlobs()
      assert.deepEqual(errors, [])

      const after = await everything(parts)
      const marks = [
        she.account.id,
        hers,
        String(she.account.home),
        String(she.space),
        String(avatar['name']),
      ]
      for (const [table, rows] of after)
        for (const row of rows) {
          // Ids that were reserved stay so, for nobody.
          if (table === 'name' && row === JSON.stringify(['bucket', hers, null, null, day])) continue
          // The id of a space that ended, and of what was its home: a name which is free again.
          if (table === 'bucket' && row === JSON.stringify([`space ${hers.length}`, she.space, 1, 0]))
            continue
          for (const mark of marks) assert.ok(!row.includes(mark), `${mark} in ${table}: ${row}`)
        }
      const files = globSync('blobs/**', { cwd: folder, withFileTypes: true }).filter((file) => file.isFile())
      assert.deepEqual(
        files.map((file) => readFileSync(join(file.parentPath, file.name), 'utf8')),
        [`a large document of ${his}`],
      )
      assert.ok(existsSync(join(folder, 'blobs')))

      for (const [table, rows] of before) {
        const count = (all: readonly string[] = []) => all.filter((row) => row.includes(his)).length
        // What his app was allowed in her home; in her group, his name; and what he had dropped himself.
        const gone = { grant_scope: 1, record: 2 }[table] ?? 0
        assert.equal(count(after.get(table)), count(rows) - gone, table)
      }
      const mine = await accounts.byId(he.account.id)
      assert.deepEqual([mine?.state, mine?.invitedBy], ['active', null])
      const acts = (await accounts.serverLog({ limit: 100 })).filter(({ act }) => /^[234]$/.test(act))
      const told = acts.map(({ act, account, actor }) => [act, account, actor].join())
      assert.deepEqual(
        told.toSorted(),
        [`2,${he.account.id},gone`, '3,,gone', '4,gone,x', `2,gone,${he.account.id}`]
          .concat([`3,,${he.account.id}`, `4,${he.account.id},x`])
          .toSorted(),
      )
    })
  })
