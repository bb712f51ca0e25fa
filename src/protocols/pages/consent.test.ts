import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { pagesUnderTest } from '../../../test/support/pages-door.ts'
import { type AppRequest, type Apps, createApps, createRegistry } from '../../core/apps/index.ts'
import { LIST, READ, WRITE } from '../../core/permissions/index.ts'

const words = (text: string) => ({ en: text, fr: text })
const boxes = {
  name: 'boxes',
  scopes: [
    { verb: 'r', path: 'boxes', bits: READ | LIST },
    { verb: 'rw', path: 'boxes', bits: WRITE },
    { verb: 'own', path: 'boxes', bits: WRITE, alone: true },
  ].map(({ alone = false, ...scope }) => ({
    ...scope,
    title: words(`${scope.verb} all`),
    description: words('.'),
    ...(alone ? {} : { one: { title: words(`${scope.verb} “{target}”`), description: words('.') } }),
  })),
  targets: {
    question: words('Which box?'),
    isTarget: (text: string) => /^[a-z]+$/.test(text),
    find: async (_reads: unknown, { home }: { home: number }, target: string) => ({
      home,
      path: `boxes/${target}`,
    }),
    list: async () => [{ target: 'red', title: 'Red' }],
    titleOf: (target: string) => target,
    nameOf: (path: string) => path.split('/')[1],
  },
}

/** Pages at which one app waits, as `more` says. */
async function scene(t: TestContext, scopes: readonly string[], more: Partial<AppRequest> = {}) {
  const log: string[] = []
  const waiting: AppRequest = {
    client: {
      id: 'app',
      name: 'Boxer',
      redirects: ['https://app.example/'],
      trust: 'registered',
      origin: 'app.example',
    },
    redirect: 'https://app.example/',
    scopes,
    again: false,
    provedSince: 0,
    allowed: async (_by, grant) => {
      log.push(grant.scopes.map(({ scope }) => scope).join(' '))
      return '/on'
    },
    refused: async () => '/refused',
  }
  const apps = {} as Apps
  const pages = await pagesUnderTest(t, {
    appRequests: [async (id) => (id === 'waits' || id === 'd.CODE' ? { ...waiting, ...more } : undefined)],
    apps,
  })
  const made = createApps({
    store: pages.store,
    clock: pages.clock,
    registry: createRegistry([boxes]),
    explain: async () => assert.fail('nothing is explained here'),
    spaceName: async () => undefined,
    onError: (error: unknown) => pages.errors.push(error),
  })
  // The pages have the store that apps are kept in.
  Object.assign(apps, made)
  const { visitor, auth } = await pages.owner()
  return { ...pages, visitor, auth, log }
}

test('all of a door is given with a fresh proof alone', async (t) => {
  const { visitor, clock, auth, log } = await scene(t, ['boxes:rw', 'boxes:red:r'])
  clock.tick(11 * 60_000)
  const all = { answers: [{ asked: 'boxes:rw', allow: true }] }
  const refused = await visitor.ask('POST', '/consent/waits', all)
  assert.deepEqual([refused.status, refused.body.error], [403, 'not-fresh'])
  const less = { answers: [{ asked: 'boxes:red:r', allow: true }] }
  assert.deepEqual((await visitor.ask('POST', '/consent/waits', less)).body, { location: '/on' })
  await visitor.ask('POST', '/fresh/password', { auth })
  const { body } = await visitor.ask('GET', '/consent/waits')
  assert.deepEqual(body.asks, [])
  assert.deepEqual(log, ['boxes:red:r'])
})

test('who says that she wants less of a door needs no fresh proof for it', async (t) => {
  const { visitor, clock, log } = await scene(t, ['boxes:rw'])
  clock.tick(11 * 60_000)
  const read = { answers: [{ asked: 'boxes:rw', allow: true, verb: 'r' }] }
  assert.deepEqual((await visitor.ask('POST', '/consent/waits', read)).body, { location: '/on' })
  assert.deepEqual(log, ['boxes:r'])
})

test('an app may ask for a proof since it asked', async (t) => {
  const { visitor, clock, auth } = await scene(t, ['openid'], { provedSince: Date.UTC(2026, 0, 1) + 1_000 })
  clock.tick(2_000)
  for (const method of ['GET', 'POST'])
    assert.equal(
      (await visitor.ask(method, '/consent/waits', method === 'POST' ? {} : undefined)).body.error,
      'not-fresh',
    )
  await visitor.ask('POST', '/fresh/password', { auth })
  assert.equal((await visitor.ask('GET', '/consent/waits')).status, 200)
})

test('the answers that allow no more are offered, and nothing else', async (t) => {
  const { visitor } = await scene(t, ['openid', 'boxes:r', 'boxes:red:rw', 'boxes:pick:rw', 'boxes:own'])
  const { body } = await visitor.ask('GET', '/consent/waits')
  assert.deepEqual(
    body.asks.map(({ scope, verbs, choices, high }: Record<string, unknown>) => [
      scope,
      verbs,
      choices,
      high,
    ]),
    [
      ['openid', undefined, undefined, undefined],
      ['boxes:r', ['r'], undefined, undefined],
      ['boxes:red:rw', ['r', 'rw'], undefined, undefined],
      ['boxes:pick:rw', ['r', 'rw'], [{ id: 'red', title: 'Red' }], undefined],
      ['boxes:own', ['r', 'rw', 'own'], undefined, true],
    ],
  )
  assert.deepEqual(body.app, { name: 'Boxer', origin: 'app.example', verified: 'registered' })
})

test('a device is told apart from a page, and its code from a request', async (t) => {
  const { visitor } = await scene(t, ['openid'], { device: 'A television' })
  const { body } = await visitor.ask('POST', '/device/look', { code: 'CODE' })
  assert.deepEqual(body.app, { name: 'Boxer', origin: '', verified: 'registered', device: 'A television' })
  const absent = await visitor.ask('POST', '/device/look', { code: 'OTHER' })
  assert.deepEqual([absent.status, absent.body.error], [404, 'device-absent'])
  assert.equal((await visitor.ask('GET', '/consent/nothing')).body.error, 'absent')
})

test('an app that expects somebody else hears nothing of who is signed in', async (t) => {
  const expects: { not?: string } = {}
  const { visitor, accounts } = await scene(t, ['openid'], expects)
  Object.assign(expects, { not: (await accounts.byLogin('olga'))?.id })
  for (const method of ['GET', 'POST']) {
    const { status, body } = await visitor.ask(method, '/consent/waits', method === 'POST' ? {} : undefined)
    assert.deepEqual([status, body], [409, { error: 'other-account' }])
  }
})

test('bodies are bounded and read with care', async (t) => {
  const { visitor } = await scene(t, ['boxes:r'])
  for (const body of [
    { answers: 'all' },
    { answers: [7] },
    { answers: [null] },
    { answers: [{ allow: true }] },
    { answers: Array.from({ length: 51 }, () => ({ asked: 'boxes:r', allow: true })) },
    { answers: [{ asked: 'boxes:r', allow: true, fields: [] }] },
    { answers: [{ asked: 'boxes:r', allow: true, fields: [7] }] },
    { answers: [{ asked: 'boxes:r', allow: true }], days: 0 },
    { answers: [{ asked: 'boxes:r', allow: true }], days: 4_000 },
    { answers: [{ asked: 'boxes:r', allow: true }], days: '7' },
    { refuse: 'yes' },
  ]) {
    const { status, body: told } = await visitor.ask('POST', '/consent/waits', body)
    assert.deepEqual([status, told.error], [400, 'malformed'], JSON.stringify(body))
  }
})
