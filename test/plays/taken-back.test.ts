/**
 * What is taken back at one process is refused by the other with the very next request: with the bus, while the bus
 * takes everything and passes nothing on, and without it.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import {
  type Answered,
  type BrowserSession,
  makePageOwner,
  makePagePerson,
  openBrowser,
  type PagePerson,
} from '../support/browser-session.ts'
import { isNatsMissing, startNats } from '../support/nats.ts'
import { askKinto, issuerOf, letIn, registerApp, type TestApp } from '../support/oauth-app.ts'
import { freshDatabase } from '../support/postgres.ts'
import { startServer, type TestServer } from '../support/server.ts'

/** Trials of each of the five ways of taking back; of both kinds of token as many. */
const rounds = [
  ['the bus is there', 40],
  ['the bus is silent', 80],
  ['the bus is gone', 80],
] as const

const notes = 'kinto:default/notes:r'
const listOf = (collection: string) => `/buckets/default/collections/${collection}/records`

/** What somebody allowed: to a script or to an app. */
interface Allowed {
  token: string
  /** Of the grant, as the list of apps names it. */
  id: string
}

async function allowScript({ browser }: PagePerson, scopes: string[]): Promise<Allowed> {
  const { text, grant } = await browser.post('/me/tokens', { name: 'Script', scopes })
  return { token: text, id: grant.id }
}

async function allowApp({ browser }: PagePerson, app: TestApp, scopes: string[]): Promise<Allowed> {
  const { access_token: token } = await letIn(browser, app, scopes.join(' '))
  const { apps } = (await browser.get('/me/apps')).body
  return { token, id: apps.find(({ kind }: Answered) => kind === 'app').id }
}

test(
  'what is taken back at one process is refused by the other with the next request, whatever becomes of the bus',
  { timeout: 300_000 },
  async (t) => {
    if (isNatsMissing(t)) return
    const nats = await startNats(t)
    const ESSAIM_STORE = await freshDatabase()
    const ESSAIM_BUS = `nats://127.0.0.1:${nats.port}`
    const here = await startServer(t, { ESSAIM_STORE, ESSAIM_BUS })
    const there = await startServer(t, {
      ESSAIM_STORE,
      ESSAIM_BUS,
      ESSAIM_PUBLIC_URL: issuerOf(here),
      ESSAIM_SECRET_FILE: join(here.data, 'secret'),
    })
    const owner = await makePageOwner(here)
    const app = await registerApp(here)
    let tried = 0

    /** Tried there, taken back here, and tried there again as soon as that was answered. */
    async function trial(use: () => Promise<number>, takeBack: () => Promise<unknown>, refused: number) {
      assert.equal(await use(), 200)
      await takeBack()
      assert.equal(await use(), refused)
      tried++
    }

    const use = async ({ token }: Allowed, collection = 'notes') =>
      (await askKinto(there, token, listOf(collection))).status

    /** Somebody of whom something is taken back; `both` is what she allowed to a script and to an app. */
    const makeSomebody = async (login: string) => {
      const person = await makePagePerson(here, owner, login)
      const both = async (scopes: string[]) => [
        await allowScript(person, scopes),
        await allowApp(person, app, scopes),
      ]
      return { person, both }
    }

    const pausing = await makeSomebody('pia')
    const paused = await pausing.both([notes])
    const suspending = await makeSomebody('sam')
    const suspended = await suspending.both([notes])
    const narrowing = await makeSomebody('nora')
    const revoking = await makeSomebody('rosa')
    const leaving = await makeSomebody('lea')

    const ways: Record<string, (times: number, round: number) => Promise<void>> = {
      async paused(times) {
        const { browser } = pausing.person
        for (let i = 0; i < times; i++) {
          const allowed = paused[i % 2]!
          const pause = (on: boolean) => browser.put(`/me/apps/${allowed.id}`, { paused: on })
          await trial(
            () => use(allowed),
            () => pause(true),
            401,
          )
          await pause(false)
        }
      },

      async narrowed(times, round) {
        const { browser } = narrowing.person
        const collections = Array.from({ length: times / 2 }, (_, i) => `c${round}-${i}`)
        const scopeOf = (collection: string) => `kinto:default/${collection}:r`
        for (const allowed of await narrowing.both(collections.map(scopeOf)))
          for (const collection of collections)
            await trial(
              () => use(allowed, collection),
              () => browser.put(`/me/apps/${allowed.id}`, { narrow: scopeOf(collection) }),
              403,
            )
      },

      async revoked(times) {
        const { both, person } = revoking
        for (let i = 0; i < times / 2; i++)
          for (const allowed of await both([notes]))
            await trial(
              () => use(allowed),
              () => person.browser.delete(`/me/apps/${allowed.id}`),
              401,
            )
      },

      async 'of an account that was suspended'(times) {
        const act = (name: string) => owner.browser.post(`/admin/people/${suspending.person.id}/${name}`)
        for (let i = 0; i < times; i++) {
          const allowed = suspended[i % 2]!
          await trial(
            () => use(allowed),
            () => act('suspend'),
            401,
          )
          await act('resume')
        }
      },

      async 'a session that was ended'(times) {
        for (let i = 0; i < times; i++) {
          const session = await signIn(here, leaving.person)
          const elsewhere = openBrowser(there)
          for (const cookie of session.browser.cookies) elsewhere.cookies.set(...cookie)
          await trial(
            async () => (await elsewhere.get('/me')).status,
            () =>
              i % 2 === 0
                ? session.browser.post('/sign-out')
                : leaving.person.browser.delete(`/me/sessions/${session.id}`),
            401,
          )
        }
      },
    }

    /** Waits until both processes have noted what became of the bus. */
    const noted = async (connected: boolean) => {
      for (const { output } of [here, there])
        while (!output().includes(`"connected":${connected}`)) await wait(20)
    }

    const begin = [() => noted(true), async () => nats.freeze(), () => nats.stop().then(() => noted(false))]
    for (const [round, [name, times]] of rounds.entries())
      await t.test(name, async () => {
        await begin[round]!()
        await Promise.all(Object.values(ways).map((way) => way(times, round)))
      })
    assert.equal(tried, 1_000)
  },
)

/** Signs in with words, which cost the server no slow hash. */
async function signIn(
  server: TestServer,
  { login, wordsAuth }: PagePerson,
): Promise<{ browser: BrowserSession; id: string }> {
  const browser = openBrowser(server)
  await browser.post('/sign-in/words', { login, auth: wordsAuth })
  const { sessions } = (await browser.get('/me/sessions')).body
  return { browser, id: sessions.find(({ current }: Answered) => current).id }
}
