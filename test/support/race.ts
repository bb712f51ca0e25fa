/** A process beside the test's that writes to the same PostgreSQL database. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { TestContext } from 'node:test'
import { Refusal } from '../../src/core/ports.ts'
import type { Bus } from '../../src/core/ports.ts'
import { commitStep, createPlanner } from '../../src/core/records/index.ts'
import type { Step } from '../../src/core/records/index.ts'
import { createPostgresStore } from '../../src/store/postgres/index.ts'

/** What each of the processes does at the same time. */
export type Task = { url: string; times: number } & (
  | { what: 'increment'; home: number; path: string; id: string }
  | { what: 'create'; home: number; path: string }
  | { what: 'put-everywhere'; homes: number[]; path: string }
  | { what: 'claim'; homes: number[] }
)

export interface Result {
  done: number
  /** How often each refusal came. */
  refused: Record<string, number>
  /** Whatever else went wrong. */
  errors: string[]
}

/** A bus that nobody listens to. */
export const deafBus: Bus = {
  publish() {},
  listen: () => () => {},
  listenAll: () => () => {},
  close: async () => {},
}

/** Runs the task in so many processes, which begin together, and gives what each of them met. */
export async function race(t: TestContext, count: number, task: Task): Promise<Result[]> {
  const children = Array.from({ length: count }, () => fork(import.meta.filename, ['race']))
  t.after(() => children.forEach((child) => child.kill('SIGKILL')))
  const next = async (child: ChildProcess): Promise<unknown> => (await once(child, 'message'))[0]
  const ready = Promise.all(children.map(next))
  for (const child of children) child.send(task)
  await ready
  const results = Promise.all(children.map(next))
  for (const child of children) child.send('go')
  return (await results) as Result[]
}

function stepOf(task: Task, round: number): Step {
  switch (task.what) {
    case 'increment': {
      const { home, path, id } = task
      return {
        changes: [
          {
            kind: 'patch',
            home,
            path,
            id,
            patch: (stored) => {
              const { n } = JSON.parse(stored?.data ?? '{"n":0}') as { n: number }
              return { data: JSON.stringify({ n: n + 1 }) }
            },
          },
        ],
      }
    }
    case 'create': {
      const place = { home: task.home, path: task.path, id: `r${round}` }
      return { when: [{ is: 'record-absent', ...place }], changes: [{ kind: 'put', ...place }] }
    }
    case 'put-everywhere': {
      const homes = task.homes.toSorted(() => Math.random() - 0.5).slice(0, 3)
      return {
        changes: homes.map((home) => ({ kind: 'put', home, path: task.path, id: `${process.pid}-${round}` })),
      }
    }
    case 'claim': {
      const home = task.homes[round] as number
      const where = { bucket_id: `b${round}` }
      return {
        when: [{ is: 'row-absent', table: 'bucket', where }],
        changes: [
          { kind: 'create-home', home, input: { kind: 'space', owner: String(process.pid), payer: null } },
          {
            kind: 'row',
            table: 'bucket',
            put: { ...where, home_id: home, modified: process.pid, deleted: 0 },
          },
        ],
      }
    }
  }
}

async function work(task: Task): Promise<Result> {
  const store = await createPostgresStore({
    url: task.url,
    planner: createPlanner(),
    bus: deafBus,
    clock: { now: () => Date.now() },
    poolSize: 6,
  })
  await store.health()
  const result: Result = { done: 0, refused: {}, errors: [] }
  process.send?.('ready')
  await once(process, 'message')
  await Promise.all(
    Array.from({ length: task.times }, async (_, round) => {
      try {
        await commitStep(store, stepOf(task, round))
        result.done++
      } catch (error) {
        if (error instanceof Refusal) result.refused[error.code] = (result.refused[error.code] ?? 0) + 1
        else result.errors.push(String(error))
      }
    }),
  )
  await store.close()
  return result
}

if (process.argv[2] === 'race' && process.send) {
  const [task] = (await once(process, 'message')) as [Task]
  process.send(await work(task))
  process.disconnect()
}
