/**
 * Small reads that wait at the same time become one statement: it joins the arrays of all that was
 * asked with the tables, and each answer goes back to its caller. Under load this costs a third of a
 * statement each, for the client and for the server; most of what is left is the system's cost of
 * writing to a connection, and so what is asked while others are under way goes out together.
 */
import { storeError } from '../errors.ts'
import { type ElementType, encodeArray } from './arrays.ts'
import type { Cells, Prepared, Queries } from './connection.ts'

/**
 * A statement that answers many questions at once: its parameters are arrays, one for each of
 * `types` (`unnest($1::bigint[], …) WITH ORDINALITY AS w(…, n)`), then `more` single values; the
 * first column of its result is `n`.
 */
export interface Lookup extends Prepared {
  types: readonly ElementType[]
  /** Values behind the arrays, the same for all: the present. */
  more?(): unknown[]
}

/** A question: rows of values, each one an element of the arrays. */
export type Question = readonly (readonly unknown[])[]

/** Elements of one statement: an answer should not keep the others waiting. */
const mostElements = 64

/** Asks one question by itself. */
export async function ask(queries: Queries, lookup: Lookup, question: Question): Promise<Cells[]> {
  return (await queries.query(lookup, parameters(lookup, question))).rows
}

export interface Lookups {
  /** The rows of the answer, without any order of their own. */
  ask(lookup: Lookup, question: Question): Promise<Cells[]>
}

interface Asked {
  question: Question
  answer(rows: Cells[]): void
  fail(error: unknown): void
}

/** Milliseconds after which a flight does not keep the next one waiting any more. */
const longFlight = 5
/** Flights under way at most, and questions that may wait for the next one. */
const mostFlights = 4
const mostQuestions = 10_000

/**
 * Merges questions to the same lookup. `flight` gives the connection for what goes out together;
 * questions wait while one is under way, unless it takes longer than `patience` milliseconds.
 */
export function createLookups(flight: () => Queries, patience = longFlight): Lookups {
  let waiting = new Map<Lookup, Asked[]>()
  let questions = 0
  let flights = 0
  let begun = 0
  let isScheduled = false

  /** What is asked in the same turn of the event loop can still join. */
  function schedule(): void {
    if (isScheduled || waiting.size === 0 || flights >= mostFlights) return
    if (flights > 0 && performance.now() - begun < patience) return
    isScheduled = true
    setImmediate(() => {
      isScheduled = false
      void fly()
    })
  }

  async function fly(): Promise<void> {
    const all = waiting
    waiting = new Map()
    questions = 0
    flights++
    begun = performance.now()
    const queries = flight()
    const sent: Promise<void>[] = []
    for (const [lookup, asked] of all) {
      let from = 0
      let elements = 0
      for (let at = 0; at < asked.length; at++) {
        elements += asked[at]?.question.length ?? 0
        if (elements < mostElements && at + 1 < asked.length) continue
        sent.push(send(queries, lookup, asked.slice(from, at + 1)))
        from = at + 1
        elements = 0
      }
    }
    await Promise.all(sent)
    flights--
    schedule()
  }

  async function send(queries: Queries, lookup: Lookup, asked: Asked[]): Promise<void> {
    try {
      const { rows } = await queries.query(
        lookup,
        parameters(
          lookup,
          asked.flatMap(({ question }) => question),
        ),
      )
      distribute(asked, rows)
    } catch (error) {
      for (const one of asked) one.fail(error)
    }
  }

  return {
    ask: (lookup, question) =>
      new Promise((answer, fail) => {
        if (questions >= mostQuestions) throw storeError('store-busy', 'too many reads wait')
        questions++
        const asked = waiting.get(lookup)
        if (asked) asked.push({ question, answer, fail })
        else waiting.set(lookup, [{ question, answer, fail }])
        schedule()
      }),
  }
}

/** Gives each caller the rows whose `n` lies among his elements. */
function distribute(asked: Asked[], rows: Cells[]): void {
  const [only] = asked
  if (only && asked.length === 1) return only.answer(rows)
  const owners: Cells[][] = []
  for (const { question } of asked) {
    const answer: Cells[] = []
    for (let i = 0; i < question.length; i++) owners.push(answer)
  }
  for (const row of rows) owners[(row[0] as number) - 1]?.push(row)
  let at = 0
  for (const one of asked) {
    one.answer(one.question.length > 0 ? (owners[at] ?? []) : [])
    at += one.question.length
  }
}

function parameters(lookup: Lookup, question: Question): unknown[] {
  const arrays: unknown[] = lookup.types.map((type, column) =>
    encodeArray(
      type,
      question.map((values) => values[column]),
    ),
  )
  return lookup.more ? [...arrays, ...lookup.more()] : arrays
}
