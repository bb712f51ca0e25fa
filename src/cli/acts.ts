/** The operator's acts on the open data: what the command line asks for, here or through the socket. */
import { existsSync, statSync } from 'node:fs'
import type { Core } from '../app/core.ts'
import type { Account } from '../core/accounts/index.ts'
import { doors } from '../doors.ts'
import type { AddressChecks } from '../http/checks/index.ts'
import { checkPassword } from '../identity/weak.ts'
import { CodedError } from '../lib/coded-error.ts'
import type { AccountLine, Operator } from './operator.ts'
import { OperatorError } from './operator.ts'
import { peopleActs } from './people-acts.ts'
import { tokenActs } from './token-acts.ts'

/** `server`: what a running server has beside the data; it goes on with what takes long. */
export function createOperator(core: Core, server?: { checks: AddressChecks }): Operator {
  const { accounts, passwords, config, store, blobs, keys, keyFile, resealing } = core

  async function accountOf(login: string): Promise<Account> {
    const account = await accounts.byLogin(login)
    if (!account) throw new OperatorError('account-absent', `There is no account ${login}.`)
    return account
  }

  function hashOf(login: string, password: string): Promise<string> {
    const weak = config.unsafeTest ? undefined : checkPassword(password, login)
    if (weak) throw new OperatorError('weak', `This password is ${weak}. Please take another.`)
    return passwords.hash(password)
  }

  const operator: Operator = {
    ...peopleActs(core, accountOf),
    ...tokenActs(core, accountOf),
    async accountCreate({ login, password }) {
      const hash = password === undefined ? {} : { directHash: await hashOf(login, password) }
      return lineOf(await accounts.create({ login, ...hash }))
    },
    async accountList({ after, limit }) {
      const found = await accounts.list({ limit, ...(after === undefined ? {} : { after }) })
      const last = found.length === limit ? found.at(-1)?.id : undefined
      return { accounts: found.map(lineOf), ...(last === undefined ? {} : { next: last }) }
    },
    async accountPassword({ login, password }) {
      const { id } = await accountOf(login)
      await accounts.change(id, { directHash: await hashOf(login, password) })
    },
    async accountAppPassword({ login, door, label }) {
      const open = doors.filter(({ appPasswordScopes }) => appPasswordScopes.length > 0)
      const found = open.find(({ name }) => name === door)
      if (!found)
        throw new OperatorError(
          'door',
          `There is no door ${door}; there are: ${open.map((one) => one.name).join(', ')}.`,
        )
      const { id } = await accountOf(login)
      const { text } = await accounts.createAppPassword(id, { door, label, scopes: found.appPasswordScopes })
      return { text }
    },
    async accountDelete({ login }) {
      await accounts.remove((await accountOf(login)).id)
    },
    async secretRotate() {
      const generation = await keyFile.rotate()
      if (server) resealing.begin()
      const { waiting } = await (server ? resealing.count() : resealing.run())
      return { generation, waiting }
    },
    async secretStatus() {
      const { waiting, broken } = await resealing.count()
      return { generations: keys.generations, current: keys.current, waiting, broken }
    },
    async checkAddress() {
      if (!server) throw new OperatorError('not-running', 'The server does not run.')
      return { findings: await server.checks.look() }
    },
    async setupLink() {
      const token = await accounts.issueSetup()
      return token === undefined ? {} : { link: setupAddress(config.publicUrl, token) }
    },
    async backup({ file }) {
      if (existsSync(file)) throw new OperatorError('exists', `${file} exists already.`)
      const { writeBackup } = await import('../store/backup.ts')
      const { missing } = await writeBackup({ store, blobs, file })
      return { bytes: statSync(file).size, missing: missing.length }
    },
  }
  return translated(operator)
}

/** The address of the first-run page; the token stays in the browser, behind the `#`. */
export const setupAddress = (publicUrl: string, token: string): string => `${publicUrl}/setup#${token}`

const lineOf = ({ login, role, state, door, created }: Account): AccountLine => ({
  login,
  role,
  state,
  door,
  created,
})

/** What the core refuses is said to the person at the terminal in its own words. */
function translated(operator: Operator): Operator {
  const wrap =
    <A, R>(act: (wanted: A) => Promise<R>) =>
    async (wanted: A): Promise<R> => {
      try {
        return await act(wanted)
      } catch (error) {
        if (error instanceof CodedError) throw new OperatorError(error.code, sentence(error.message))
        throw error
      }
    }
  return Object.fromEntries(
    Object.entries(operator).map(([name, act]) => [name, wrap(act as (wanted: unknown) => Promise<unknown>)]),
  ) as unknown as Operator
}

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
