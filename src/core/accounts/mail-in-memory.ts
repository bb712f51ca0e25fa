/** For unit tests: accounts whose mails are kept in place of being sent, and a person with addresses. */
import assert from 'node:assert/strict'
import type { Mail, MailError } from '../ports.ts'
import { createAccounts } from './accounts.ts'
import { accountsInMemory, keys, quota } from './accounts-in-memory.ts'
import type { Letter, LetterWords } from './letters.ts'
import { createOutbox } from './outbox.ts'

/** The letter itself, as JSON: what a test looks at in place of words. */
export const plainWords: LetterWords = (letter, { login, serverName }) => ({
  subject: `${letter.kind} for ${login} at ${serverName}`,
  text: JSON.stringify(letter),
})

export interface Taken extends Mail {
  letter: Letter
}

export async function accountsWithMail() {
  const taken: Taken[] = []
  const troubles: string[] = []
  let refusal: MailError | undefined
  const plain = await accountsInMemory()
  const { store, clock, errors } = plain
  const outbox = createOutbox({
    store,
    clock,
    keys,
    words: plainWords,
    mailer: {
      async send(mail) {
        if (refusal) throw refusal
        taken.push({ ...mail, letter: JSON.parse(mail.text) as Letter })
      },
      async check() {},
      close() {},
    },
    onTrouble: (what, details) => void troubles.push(`${what}: ${JSON.stringify(details)}`),
    onError: (error) => void errors.push(error),
  })
  const accounts = createAccounts({
    store,
    clock,
    keys,
    quota,
    mail: outbox,
    onError: (error) => void errors.push(error),
  })
  const here = { address: '192.0.2.0/24', agent: 'Firefox · Linux' }

  /** Sends what is due, and gives the letters that an address got since the last time. */
  let read = 0
  async function letters(): Promise<Taken[]> {
    while ((await outbox.round()) > 0);
    const fresh = taken.slice(read)
    read = taken.length
    return fresh
  }

  /** A person with verified addresses. */
  async function person(login: string, ...addresses: string[]) {
    const account = await accounts.create({ login })
    for (const address of addresses) {
      await accounts.addAddress(account.id, address, { ...here, language: 'en' })
      const letter = (await letters()).find(({ to }) => to === address)?.letter
      assert.ok(letter?.kind === 'verify')
      await accounts.verifyAddress(letter.token, here)
    }
    await letters()
    const now = await accounts.byId(account.id)
    assert.ok(now)
    return now
  }

  return {
    ...plain,
    accounts,
    outbox,
    taken,
    troubles,
    here,
    letters,
    person,
    /** What the mail server says from now on. */
    refuse: (error: MailError | undefined) => void (refusal = error),
  }
}

/** The one letter of a kind, or a failure. */
export function only<K extends Letter['kind']>(
  mails: readonly Taken[],
  kind: K,
): Extract<Letter, { kind: K }> {
  const found = mails.filter(({ letter }) => letter.kind === kind)
  assert.equal(
    found.length,
    1,
    `${found.length} letters ${kind} of ${mails.map(({ letter }) => letter.kind)}`,
  )
  return found[0]!.letter as Extract<Letter, { kind: K }>
}
