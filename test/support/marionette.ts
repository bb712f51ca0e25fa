/**
 * A client of Marionette, by which Firefox is driven: frames `LENGTH:JSON` over TCP, `[0, id, command, parameters]`
 * asked, `[1, id, error, result]` answered. It reaches the pages (`content`) and the browser itself (`chrome`).
 */
import { connect } from 'node:net'

export type Where = 'chrome' | 'content'

/** A function that runs over there: it travels as text, so it may use nothing from around it. */
// oxlint-disable-next-line no-explicit-any
type Script<Args extends unknown[], Result> = (...args: Args) => Result | Promise<Result>

export interface Marionette {
  /** The result of a command; throws MarionetteError. */
  send(command: string, parameters?: object): Promise<unknown>
  /** Runs a function in the page that is shown, or in the browser; its arguments and its result travel as JSON. */
  run<Args extends unknown[], Result>(
    where: Where,
    script: Script<Args, Result>,
    ...args: Args
  ): Promise<Result>
  /** The element of the page that a function finds: a reference for commands on elements. */
  find<Args extends unknown[]>(
    script: Script<Args, Element | undefined>,
    ...args: Args
  ): Promise<string | undefined>
  close(): void
}

/** What a command was answered: `error` is WebDriver's name of it. */
export class MarionetteError extends Error {
  readonly error: string

  constructor(command: string, { error, message, stacktrace }: Record<string, string | undefined>) {
    super(`${command}: ${error}: ${message}\n${stacktrace ?? ''}`)
    this.error = error ?? ''
  }
}

interface Waiting {
  command: string
  resolve(result: unknown): void
  reject(error: Error): void
}

/** The longest that a command may take, scripts included, in milliseconds. */
const patience = 120_000
const elementKey = 'element-6066-11e4-a52e-4f735466cecf'

/** Connects and begins a session. */
export async function openMarionette(port: number): Promise<Marionette> {
  const socket = connect({ host: '127.0.0.1', port })
  const waiting = new Map<number, Waiting>()
  const greeted = Promise.withResolvers<void>()
  let last = 0
  let held = Buffer.alloc(0)
  let context: Where | undefined
  // One thing after the other: the context belongs to the session.
  let turn: Promise<unknown> = Promise.resolve()

  socket.on('data', (chunk) => {
    held = Buffer.concat([held, chunk])
    for (;;) {
      const colon = held.indexOf(':')
      if (colon < 0) return
      const end = colon + 1 + Number(held.toString('latin1', 0, colon))
      if (held.length < end) return
      const frame: unknown = JSON.parse(held.toString('utf8', colon + 1, end))
      held = held.subarray(end)
      if (Array.isArray(frame)) answered(frame)
      else greeted.resolve()
    }
  })
  const lost = (error: Error) => {
    greeted.reject(error)
    for (const { command, reject } of waiting.values()) reject(new Error(`${command}: ${error.message}`))
    waiting.clear()
  }
  socket.on('error', lost)
  socket.on('close', () => lost(new Error('Firefox hung up')))

  function answered([, id, error, result]: unknown[]): void {
    const one = waiting.get(id as number)
    waiting.delete(id as number)
    if (error) one?.reject(new MarionetteError(one.command, error as Record<string, string>))
    else one?.resolve(result)
  }

  function post(command: string, parameters: object = {}): Promise<unknown> {
    const id = ++last
    const text = JSON.stringify([0, id, command, parameters])
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.delete(id)
        reject(new Error(`${command}: no answer after ${patience / 1_000} s`))
      }, patience)
      waiting.set(id, {
        command,
        resolve: (result) => (clearTimeout(timer), resolve(result)),
        reject: (error) => (clearTimeout(timer), reject(error)),
      })
      socket.write(`${Buffer.byteLength(text)}:${text}`)
    })
  }

  function inTurn<T>(act: () => Promise<T>): Promise<T> {
    const done = turn.then(act, act)
    turn = done.catch(() => undefined)
    return done
  }

  async function go(where: Where): Promise<void> {
    if (context === where) return
    await post('Marionette:SetContext', { value: where })
    context = where
  }

  const execute = (where: Where, script: string, args: unknown[]) =>
    inTurn(async () => {
      await go(where)
      const body = `return (${script})(...arguments)`
      const parameters = { script: body, args, newSandbox: true }
      return ((await post('WebDriver:ExecuteScript', parameters)) as { value: unknown }).value
    })

  await greeted.promise
  // A question of the browser stays until it is answered.
  const alwaysMatch = { acceptInsecureCerts: false, unhandledPromptBehavior: 'ignore' }
  await post('WebDriver:NewSession', { capabilities: { alwaysMatch } })
  await post('WebDriver:SetTimeouts', { script: patience, pageLoad: 30_000, implicit: 0 })

  return {
    send: (command, parameters) => inTurn(async () => (await go('content'), post(command, parameters))),
    run: (where, script, ...args) => execute(where, String(script), args) as never,
    async find(script, ...args) {
      const found = (await execute('content', String(script), args)) as Record<string, string> | null
      return found?.[elementKey]
    },
    close: () => socket.destroy(),
  }
}
