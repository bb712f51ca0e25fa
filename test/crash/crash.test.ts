/** The server is killed at random moments while several people write: what was acknowledged is there, and nothing is half there. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { placeOf, startEssaim } from '../support/command.ts'
import { makeOwner } from '../support/people.ts'
import { createRandom } from '../support/random.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { checkFile, checkForward, examine, type Homes, homesOf, observe, openData } from './examine.ts'
import { createListener } from './listener.ts'
import { checkWriter, createWriter, ownCollection } from './writer.ts'

const rounds = 50
const writers = 6

test(
  'killed at random moments under load, the server loses nothing that it acknowledged',
  { timeout: 300_000 },
  async (t) => {
    const seed = Number(process.env['CRASH_SEED'] ?? Date.now() % 2 ** 32)
    const random = createRandom(seed)
    const server = await startServer(t, { ESSAIM_LOG_LEVEL: 'error' })
    const { authorization } = await makeOwner(server)
    await createPlaces(server, authorization)
    const people = Array.from({ length: writers }, (_, number) =>
      createWriter({ number, url: server.url, authorization, random }),
    )
    const homes = await homesOf(server.data)
    const listeners = new Map(Object.values(homes).map((home) => [home, createListener(home)]))
    let before: Homes | undefined

    /** Looks at everything; the server runs and has nothing to do. */
    async function check(): Promise<void> {
      checkFile(server.data)
      const store = await openData(server.data)
      try {
        const after = { default: await examine(store, homes.default), club: await examine(store, homes.club) }
        for (const person of people) checkWriter(person, after)
        for (const snapshot of Object.values(after)) {
          const listener = listeners.get(snapshot.home.id)!
          await listener.catchUp(store)
          listener.compare(snapshot)
        }
        if (before) checkForward(before, after)
        before = after
      } finally {
        await store.close()
      }
    }

    async function killUnderLoad(listening: boolean): Promise<void> {
      const observer = listening ? observe(server.data) : undefined
      for (const one of listeners.values()) if (observer) one.follow(observer)
      const running = Promise.all(people.map((person) => person.run()))
      await Promise.race([wait(random.upTo(600)), running])
      await server.kill()
      await running
      // Before the next start, which recovers the log only if nobody else has the file open.
      for (const one of listeners.values()) await one.stop()
      observer?.close()
      if (random.upTo(8) === 0) await killAtStart(server, random.upTo(500))
      await server.restart()
    }

    try {
      for (let round = 0; round < rounds; round++) {
        await killUnderLoad(round % 2 === 0)
        await check()
      }
      assert.equal(await server.stop(), 0)
      await check()
    } catch (error) {
      throw new Error(`CRASH_SEED=${seed}: ${(error as Error).message}`, { cause: error })
    }
    const acknowledged = people.reduce((sum, person) => sum + person.acknowledged, 0)
    const live = [...listeners.values()].reduce((sum, { told }) => sum + told.live, 0)
    t.diagnostic(
      `${rounds} kills, ${acknowledged} acknowledged requests, ${live} changes told while they happened`,
    )
    assert.ok(acknowledged > rounds * writers && live > rounds, 'there was load')
  },
)

async function createPlaces(server: TestServer, authorization: string): Promise<void> {
  const own = Array.from({ length: writers }, (_, number) => ownCollection(number))
  for (const path of ['/buckets/club', '/buckets/club/collections/notes', ...own]) {
    const answer = await fetch(`${server.url}/v1${path}`, {
      method: 'PUT',
      headers: { Authorization: authorization },
    })
    assert.equal(answer.status, 201, await answer.text())
  }
}

/** Starts a server on the data and kills it while it starts. */
async function killAtStart(server: TestServer, after: number): Promise<void> {
  const child = startEssaim(['serve'], placeOf(server))
  child.stdout?.resume()
  child.stderr?.resume()
  const ended = once(child, 'exit')
  await wait(after)
  child.kill('SIGKILL')
  await ended
}
