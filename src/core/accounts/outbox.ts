/**
 * The outbox: mails are rows, written in the commit of what they speak of, and sent by a loop of their own. A mail
 * server that is slow or dead holds up nobody, a restart loses nothing, and of several processes one sends each mail.
 */
import { randomBase32 } from '../../lib/ids.ts'
import { type KeyRing, seal, unsealText } from '../../lib/sealed.ts'
import { type Clock, type Language, type Mailer, MailError, Refusal, type Row, type Store } from '../ports.ts'
import { type Change, commitStep } from '../records/index.ts'
import type { LetterWords, MailQueue, NewMail } from './letters.ts'
import { logChange } from './log.ts'

/** The context that a waiting mail is sealed in. */
export const mailContext = (mailId: string): string => `outgoing mail ${mailId}`

/** Mails that wait at most. */
const maxWaiting = 10_000
/** Milliseconds between two looks, and after which the waiting ones are counted again. */
const lookEvery = 5_000
const countEvery = 60_000
/** Mails that are sent at one time, and in one round. */
const atOnce = 3
const inRound = 30
/** For so long nobody else sends a mail that somebody began to send; longer than sending one may take. */
const claim = 5 * 60_000
/** After that a mail is given up. */
export const givenUpAfter = 3 * 86_400_000

/** Until the next try: one minute, doubled each time, at most four hours. */
export const backOff = (attempts: number): number =>
  Math.min(60_000 * 2 ** Math.max(0, attempts - 1), 4 * 3_600_000)
/** How long nothing is sent at all after the mail server could not be spoken to; a quarter of an hour at most. */
const pauseAfter = (failures: number): number => Math.min(15_000 * 2 ** (failures - 1), 15 * 60_000)

/** What is sealed in a row. */
interface Sealed {
  to: string
  subject: string
  text: string
  language: Language
}

export interface OutboxInput {
  store: Pick<Store, 'rows' | 'commit'>
  clock: Clock
  keys: KeyRing
  words: LetterWords
  mailer: Mailer
  /** A line for the operator's log; never with an address or a word of a mail. */
  onTrouble(what: string, details: Readonly<Record<string, string | number>>): void
  onError(error: unknown): void
}

export interface Outbox extends MailQueue {
  start(): void
  /** Sends what is due, some of it; returns how many mails were taken by the mail server. */
  round(): Promise<number>
  /** Ends sending; what is being sent is tried again by the next start. */
  stop(): Promise<void>
}

export function createOutbox(input: OutboxInput): Outbox {
  const { store, clock, keys, words, mailer, onTrouble, onError } = input
  let stopped = false
  let started = false
  let timer: NodeJS.Timeout | undefined
  let soon: NodeJS.Timeout | undefined
  let running: Promise<number> | undefined
  /** Of the mail server as a whole: failures in a row, and until when it is left alone. */
  let failures = 0
  let pausedUntil = 0
  let counted = { at: -Infinity, waiting: 0 }

  async function count(): Promise<number> {
    if (clock.now() - counted.at < countEvery) return counted.waiting
    let waiting = 0
    let after: Row | undefined
    do {
      const page = { limit: 500, ...(after ? { after: { mail_id: after['mail_id'] ?? null } } : {}) }
      const rows: Row[] = await store.rows('outgoing_mail', {}, page)
      waiting += rows.length
      after = rows.length < 500 ? undefined : rows.at(-1)
    } while (after && waiting < maxWaiting)
    counted = { at: clock.now(), waiting }
    return waiting
  }

  /** Writes a row that this process holds; whether it still did. */
  async function write(row: Row, changes: readonly Change[]): Promise<boolean> {
    const { mail_id, due, attempts } = row
    const has = { due: due ?? null, attempts: attempts ?? null }
    const where = { mail_id: mail_id ?? null }
    try {
      await commitStep(store, { when: [{ is: 'row-has', table: 'outgoing_mail', where, has }], changes })
      return true
    } catch (error) {
      if (error instanceof Refusal) return false
      throw error
    }
  }

  const removal = ({ mail_id }: Row): Change => ({
    kind: 'row',
    table: 'outgoing_mail',
    remove: { mail_id: mail_id ?? null },
  })

  async function giveUp(row: Row, why: string): Promise<void> {
    onTrouble('a mail was given up', { why, attempts: Number(row['attempts']) })
    const account = row['account_id'] == null ? null : String(row['account_id'])
    const entry = {
      account,
      act: 'mail-given-up',
      actor: null,
      ...(account ? {} : { area: 'server' as const }),
    }
    await write(row, [removal(row), logChange(clock.now(), entry)])
  }

  function open(row: Row): Sealed | undefined {
    try {
      return JSON.parse(
        unsealText(keys, mailContext(String(row['mail_id'])), String(row['sealed'])),
      ) as Sealed
    } catch {
      return undefined
    }
  }

  /** Sends one mail; whether the mail server took it. */
  async function send(found: Row): Promise<boolean> {
    const now = clock.now()
    const row: Row = { ...found, due: now + claim, attempts: Number(found['attempts']) + 1 }
    // Nobody else has it from here on.
    if (!(await write(found, [{ kind: 'row', table: 'outgoing_mail', put: row }]))) return false
    const sealed = open(row)
    if (sealed === undefined) {
      await giveUp(row, 'it cannot be opened')
      return false
    }
    try {
      await mailer.send({ id: String(row['mail_id']), ...sealed })
    } catch (error) {
      await failed(row, error)
      return false
    }
    failures = 0
    counted.waiting = Math.max(0, counted.waiting - 1)
    await write(row, [removal(row)])
    return true
  }

  async function failed(row: Row, error: unknown): Promise<void> {
    const now = clock.now()
    const code = error instanceof MailError ? error.code : 'later'
    if (!(error instanceof MailError)) onError(error)
    const why = error instanceof MailError ? error.message : 'an error of ours'
    if (code === 'refused' || now - Number(row['created']) >= givenUpAfter) return giveUp(row, why)
    if (code === 'unavailable' && !stopped) {
      // One of those that were sent at the same time speaks for all.
      if (now >= pausedUntil) {
        failures++
        pausedUntil = now + pauseAfter(failures)
        onTrouble('the mail server does not take mails', { why, seconds: pauseAfter(failures) / 1_000 })
      }
    }
    const due = stopped ? now : now + backOff(row['attempts'] as number)
    await write(row, [{ kind: 'row', table: 'outgoing_mail', put: { ...row, due } }])
  }

  async function pass(): Promise<number> {
    const now = clock.now()
    if (stopped || now < pausedUntil) return 0
    // After a failure one mail finds out whether the server is back.
    const limit = failures > 0 ? 1 : inRound
    const rows = await store.rows('outgoing_mail', {}, { upTo: { column: 'due', value: now }, limit })
    let sent = 0
    let next = 0
    const work = async () => {
      for (let row = rows[next++]; row && !stopped && clock.now() >= pausedUntil; row = rows[next++])
        if (await send(row)) sent++
    }
    await Promise.all(Array.from({ length: Math.min(atOnce, rows.length) }, work))
    // There may be more that is due.
    if (sent > 0 && (rows.length === limit || limit === 1)) later(0)
    return sent
  }

  function round(): Promise<number> {
    running ??= pass().finally(() => (running = undefined))
    return running
  }

  function later(ms: number): void {
    if (stopped || !started) return
    soon ??= setTimeout(() => {
      soon = undefined
      round().catch(onError)
    }, ms).unref()
  }

  return {
    words,
    hasRoom: async () => (await count()) < maxWaiting,

    changes(mails: readonly NewMail[]): Change[] {
      const now = clock.now()
      counted.waiting += mails.length
      // The commit that this belongs to comes first; where it takes longer, the next look finds the mail.
      if (mails.length > 0) later(100)
      return mails.map(({ account, ...sealed }) => {
        const id = randomBase32(120)
        const put = {
          mail_id: id,
          account_id: account,
          due: now,
          attempts: 0,
          created: now,
          sealed: seal(keys, mailContext(id), JSON.stringify(sealed satisfies Sealed)),
        }
        return { kind: 'row', table: 'outgoing_mail', put }
      })
    },

    start() {
      started = true
      later(0)
      timer = setInterval(() => round().catch(onError), lookEvery).unref()
    },
    round,
    async stop() {
      stopped = true
      clearInterval(timer)
      clearTimeout(soon)
      mailer.close()
      await running?.catch(onError)
    },
  }
}
