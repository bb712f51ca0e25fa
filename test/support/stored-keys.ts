/** The bundle of keys as the operator has it, in the file of the database, and as its owner opens it. */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type Bundle, type Keyring, openBundle, slotSecret, type StretchParameters } from '@essaim/client'
import { stretchPassword } from '@essaim/client/password'
import { parseWords } from '@essaim/client/words'
import { openBrowser } from './browser-session.ts'
import type { TestServer } from './server.ts'

type Data = Pick<TestServer, 'data'>

function inDatabase<T>({ data }: Data, act: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(join(data, 'essaim.db'))
  try {
    database.exec('PRAGMA busy_timeout = 10000')
    return act(database)
  } finally {
    database.close()
  }
}

const where = `id = 'bundle' AND deleted = 0 AND (home_id, cid) = (
  SELECT home_id, cid FROM account JOIN collection USING (home_id)
  WHERE folded = ? AND path = 'account/keys')`

/** The bundle of a person, as it is stored. */
export const storedBundle = (server: Data, login: string): Bundle =>
  inDatabase(server, (database) => {
    const row = database.prepare(`SELECT data FROM record WHERE ${where}`).get(login)
    return JSON.parse(String(row?.['data'])) as Bundle
  })

/** Puts another bundle in its place, as an operator can. The server must not run: it would go on with what it knows. */
export const plantBundle = (server: Data, login: string, bundle: object): void =>
  inDatabase(server, (database) => {
    const { changes } = database
      .prepare(`UPDATE record SET data = ? WHERE ${where}`)
      .run(JSON.stringify(bundle), login)
    if (Number(changes) !== 1) throw new Error(`${changes} bundles were replaced`)
  })

/** The keyring that a person's words open. Errors: `KeysError`. */
export async function openWithWords(bundle: Bundle, words: string): Promise<Keyring> {
  const { entropy } = await parseWords(words)
  const secret = await slotSecret('words', entropy)
  return (await openBundle(bundle, secret, { account: bundle.account })).keyring
}

/** The keyring that her password opens. Errors: `KeysError`. */
export async function openWithPassword(
  server: Pick<TestServer, 'url'>,
  bundle: Bundle,
  login: string,
  password: string,
): Promise<Keyring> {
  const { parameters } = (await openBrowser(server).post('/sign-in/prelogin', { login })) as {
    parameters: StretchParameters
  }
  const { secret } = await stretchPassword({ login, password, parameters })
  const found = await slotSecret('password', secret)
  return (await openBundle(bundle, found, { account: bundle.account })).keyring
}
