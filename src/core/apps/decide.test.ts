import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Account, Grant, PageSession } from '../accounts/index.ts'
import { WRITE } from '../permissions/index.ts'
import { type AskingClient, decide, isSameRedirect, type Wanted } from './decide.ts'
import { registry } from './scenes.ts'

const now = 100_000_000
const account = { id: 'a', state: 'active' } as Account
const session = { account: 'a', authenticated: now - 3_600_000 } as PageSession
const client: AskingClient = {
  id: 'c',
  name: 'C',
  redirects: ['https://app.example/back'],
  trust: 'registered',
}

const granted = (more: Partial<Grant> = {}): Grant => ({
  id: 'g',
  account: 'a',
  kind: 'app',
  client: 'c',
  door: '',
  label: 'C',
  created: 1,
  expires: null,
  lastUsed: null,
  suspended: false,
  version: 1,
  scopes: [{ scope: 'boxes:red:rw', home: 7, path: 'boxes/red', bits: WRITE }],
  data: {
    claims: ['openid'],
    answered: { openid: 'openid', 'boxes:pick:rw': 'boxes:red:rw', profile: null },
  },
  ...more,
})

interface Row {
  says: string
  grant?: Grant
  account?: Account | undefined
  session?: PageSession | undefined
  client?: AskingClient | undefined
  redirect?: string
  wanted?: Partial<Wanted>
  /** `grant`, `ask: scopes`, `ask fresh: scopes`, `refuse: why`. */
  is: string
}

const over = { scope: 'boxes:blue:r?days=1', home: 7, path: 'boxes/blue', bits: 1, expires: now }

const rows: readonly Row[] = [
  { says: 'nobody knows the app', client: undefined, is: 'refuse: client-unknown' },
  { says: 'the redirect is another', redirect: 'https://app.example/back/', is: 'refuse: redirect-mismatch' },
  {
    says: 'the redirect is another, and nobody is signed in',
    redirect: 'https://evil.example/',
    session: undefined,
    is: 'refuse: redirect-mismatch',
  },
  { says: 'a scope is none', wanted: { scopes: ['boxes:fly'] }, is: 'refuse: scope scope-unknown boxes:fly' },
  { says: 'a scope cannot be read', wanted: { scopes: ['::'] }, is: 'refuse: scope scope-malformed ::' },
  { says: 'nobody is signed in', session: undefined, account: undefined, is: 'refuse: login-required' },
  { says: 'somebody else is signed in', session: { ...session, account: 'b' }, is: 'refuse: login-required' },
  {
    says: 'the account is suspended',
    account: { ...account, state: 'suspended' },
    grant: granted(),
    is: 'refuse: account',
  },
  { says: 'the account waits', account: { ...account, state: 'waiting' }, is: 'refuse: account' },
  { says: 'the account leaves', account: { ...account, state: 'leaving' }, is: 'refuse: account' },
  {
    says: 'the proof is too old',
    wanted: { maxAge: 60_000 },
    grant: granted(),
    is: 'refuse: login-required',
  },
  {
    says: 'the proof is young enough',
    wanted: { scopes: ['openid'], maxAge: 3_600_000 },
    grant: granted(),
    is: 'grant',
  },
  {
    says: 'the app wants a new sign-in',
    wanted: { prompt: 'login' },
    grant: granted(),
    is: 'refuse: login-required',
  },
  {
    says: 'the app wants a new sign-in, and has it',
    session: { ...session, authenticated: now },
    wanted: { scopes: ['openid'], prompt: 'login' },
    grant: granted(),
    is: 'grant',
  },
  { says: 'she has paused the app', grant: granted({ suspended: true }), is: 'refuse: paused' },
  {
    says: 'it asks for the first time',
    wanted: { scopes: ['openid', 'boxes:red:r'] },
    is: 'ask: openid boxes:red:r',
  },
  { says: 'it asks for nothing, for the first time', wanted: { scopes: [] }, is: 'ask: ' },
  {
    says: 'it asks for the first time and forbids to ask',
    wanted: { scopes: ['openid'], prompt: 'none' },
    is: 'refuse: consent-required',
  },
  {
    says: 'it asks to change all of a door',
    wanted: { scopes: ['openid', 'boxes:rw'] },
    is: 'ask fresh: openid boxes:rw',
  },
  { says: 'it asks for a bundle', wanted: { scopes: ['include:starter'] }, is: 'ask: openid boxes:pick:rw' },
  {
    says: 'it has all of it',
    wanted: { scopes: ['openid', 'boxes:pick:rw', 'boxes:red:r'] },
    grant: granted(),
    is: 'grant',
  },
  {
    says: 'it has all of it, and forbids to ask',
    wanted: { scopes: ['openid', 'boxes:red:rw'], prompt: 'none' },
    grant: granted(),
    is: 'grant',
  },
  {
    says: 'it wants one step more',
    wanted: { scopes: ['openid', 'boxes:pick:rw', 'notes:r'] },
    grant: granted(),
    is: 'ask: notes:r',
  },
  {
    says: 'it wants one step more, and forbids to ask',
    wanted: { scopes: ['notes:r'], prompt: 'none' },
    grant: granted(),
    is: 'refuse: consent-required',
  },
  {
    says: 'it wants another box',
    wanted: { scopes: ['boxes:blue:r'] },
    grant: granted(),
    is: 'ask: boxes:blue:r',
  },
  { says: 'she has said no to it', wanted: { scopes: ['openid', 'profile'] }, grant: granted(), is: 'grant' },
  {
    says: 'she has said no to it, and it asks that she be asked',
    wanted: { scopes: ['openid', 'profile'], prompt: 'consent' },
    grant: granted(),
    is: 'ask: profile',
  },
  {
    says: 'it has all and asks that she be asked',
    wanted: { scopes: ['openid'], prompt: 'consent' },
    grant: granted(),
    is: 'ask: openid',
  },
  {
    says: 'she has taken one away',
    wanted: { scopes: ['boxes:pick:rw'] },
    grant: granted({ scopes: [] }),
    is: 'grant',
  },
  {
    says: 'she has taken one away, and it asks that she be asked',
    wanted: { scopes: ['boxes:pick:rw'], prompt: 'consent' },
    grant: granted({ scopes: [] }),
    is: 'ask: boxes:pick:rw',
  },
  {
    says: 'she has allowed less than was asked',
    wanted: { scopes: ['boxes:pick:rw'] },
    grant: granted({
      scopes: [{ scope: 'boxes:red:r', home: 7, path: 'boxes/red', bits: 3 }],
      data: { answered: { 'boxes:pick:rw': 'boxes:red:r' } },
    }),
    is: 'grant',
  },
  {
    says: 'what she allowed for a day is over',
    wanted: { scopes: ['boxes:blue:r?days=1'] },
    grant: granted({ scopes: [over], data: { answered: { 'boxes:blue:r?days=1': over.scope } } }),
    is: 'ask: boxes:blue:r?days=1',
  },
  {
    says: 'the whole grant is over',
    wanted: { scopes: ['openid'] },
    grant: granted({ expires: now }),
    is: 'ask: openid',
  },
  {
    says: 'a grant that is paused is over as well',
    wanted: { scopes: ['openid'] },
    grant: granted({ expires: now, suspended: true }),
    is: 'ask: openid',
  },
  {
    says: 'a scope it has is no more',
    wanted: { scopes: ['openid'] },
    grant: granted({ scopes: [{ scope: 'gone:x:y', home: 7, path: 'x', bits: 1 }] }),
    is: 'grant',
  },
]

describe('the decision', () => {
  for (const row of rows)
    test(`where ${row.says}: ${row.is}`, () => {
      const given = { account, session, client, ...row }
      const wanted: Wanted = { scopes: ['openid'], ...row.wanted }
      const decision = decide(
        { registry, now, grant: row.grant },
        given.account,
        given.session,
        given.client,
        row.redirect ?? 'https://app.example/back',
        wanted,
      )
      const told =
        decision.kind === 'grant'
          ? 'grant'
          : decision.kind === 'ask'
            ? `ask${decision.fresh ? ' fresh' : ''}: ${decision.missing.map(({ text }) => text).join(' ')}`
            : `refuse: ${decision.why}${decision.why === 'scope' ? ` ${decision.code} ${decision.scope}` : ''}`
      assert.equal(told, row.is)
      if (decision.kind === 'grant') assert.equal(decision.grant, row.grant)
    })
})

test('redirects are compared as texts; of loopback addresses the port is free', () => {
  const same: [string, string][] = [
    ['https://a.example/x', 'https://a.example/x'],
    ['http://127.0.0.1/x', 'http://127.0.0.1:4711/x'],
    ['http://127.0.0.1:1/x', 'http://127.0.0.1:2/x'],
    ['http://[::1]/x?y', 'http://[::1]:80/x?y'],
    ['app.example:/back', 'app.example:/back'],
  ]
  const other: [string, string][] = [
    ['https://a.example/x', 'https://a.example/X'],
    ['https://a.example/x', 'https://a.example/x?'],
    ['https://a.example/', 'https://a.example'],
    ['https://a.example:1/', 'https://a.example:2/'],
    ['https://127.0.0.1:1/', 'https://127.0.0.1:2/'],
    ['http://127.0.0.1/x', 'http://127.0.0.1/y'],
    ['http://127.0.0.1/', 'http://127.0.0.1:1@evil.example/'],
    ['http://127.0.0.1/', 'http://127.0.0.1.evil.example/'],
    ['http://127.0.0.1/', 'http://[::1]/'],
    ['http://127.0.0.1/', 'http://127.0.0.1:999999/'],
    ['http://localhost:1/', 'http://localhost:2/'],
  ]
  for (const [known, given] of same) assert.ok(isSameRedirect(known, given), `${known} ${given}`)
  for (const [known, given] of other) assert.ok(!isSameRedirect(known, given), `${known} ${given}`)
})
