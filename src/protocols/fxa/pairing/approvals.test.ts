import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { storeKinds } from '../../../../test/support/accounts-on.ts'
import {
  android,
  type Browser,
  desktop,
  type FxaUnderTest,
  fxaUnderTest,
  keysJwe,
  syncScope,
} from '../../../../test/support/fxa-door.ts'
import { sessionScope } from '../clients.ts'
import { approvalLasts } from '../limits.ts'

const verifier = randomBytes(32).toString('base64url')

/** What a Firefox on a computer sends for the telephone that scanned its picture. */
const wanted = (more: object = {}) => ({
  client_id: android,
  access_type: 'offline',
  state: 'a-state',
  scope: `profile ${syncScope} ${sessionScope} https://identity.mozilla.com/apps/vpn`,
  code_challenge: createHash('sha256').update(verifier).digest('base64url'),
  code_challenge_method: 'S256',
  keys_jwe: keysJwe,
  ...more,
})

const authorize = (on: FxaUnderTest, { sessionToken: session }: Browser, more?: object) =>
  on.ask('POST', '/v1/oauth/authorization', { session, body: wanted(more) })

const redeem = (on: FxaUnderTest, code: string) =>
  on.ask('POST', '/v1/oauth/token', {
    body: { grant_type: 'authorization_code', client_id: android, code, code_verifier: verifier },
  })

for (const kind of storeKinds)
  test(`on ${kind}: a telephone is let in by a computer once its person agrees`, async (t) => {
    const on = await fxaUnderTest(t, kind)
    const laptop = await on.connect('alice')
    const { pages } = on.fxa
    const agree = (client = android) => pages.agree(laptop.account, client, 1_700_000_000)
    const lines = () => pages.browsers(laptop.account)

    await t.test('not before, and the computer may look up the key’s time', async () => {
      assert.equal((await authorize(on, laptop)).json.errno, 125)
      const { status, json } = await on.ask('POST', '/v1/account/scoped-key-data', {
        session: laptop.sessionToken,
        body: { client_id: android, scope: wanted().scope },
      })
      assert.deepEqual([status, Object.keys(json)], [200, [syncScope]])
    })

    await t.test('once, with a grant of its own, for what the computer has', async () => {
      await agree()
      const both = await Promise.all([authorize(on, laptop), authorize(on, laptop)])
      const [made, refused] = both.toSorted((a, b) => a.status - b.status)
      assert.deepEqual([made?.status, refused?.json.errno], [200, 125])
      assert.equal(made?.json.scope, `profile ${syncScope} ${sessionScope}`)
      const { json } = await redeem(on, made?.json.code)
      assert.deepEqual(
        [json.keys_jwe, json.auth_at, json.scope],
        [keysJwe, 1_700_000_000, `profile ${syncScope} ${sessionScope}`],
      )
      assert.match(json.session_token, /^[0-9a-f]{64}$/)
      const telephone = (await lines()).find(({ client }) => client === android)
      assert.deepEqual(
        [telephone?.name, telephone?.type, telephone?.syncs],
        ['Firefox for Android', 'mobile', true],
      )
      assert.equal((await lines()).length, 2)
    })

    await t.test('without a key there is no Sync', async () => {
      await agree()
      const { json } = await authorize(on, laptop, { keys_jwe: undefined })
      const told = await redeem(on, json.code)
      assert.equal(told.json.scope, `profile ${sessionScope}`)
    })

    await t.test('a computer without Sync gives none', async () => {
      const other = await on.connect('bob', { scope: 'profile', keysJwe: null, kid: null })
      await pages.agree(other.account, android, 1)
      const { json } = await authorize(on, other)
      assert.equal((await redeem(on, json.code)).json.scope, `profile ${sessionScope}`)
    })

    await t.test(
      'not five minutes later, not for another client, not by another person’s computer',
      async () => {
        await agree()
        const eve = await on.connect('eve')
        assert.equal((await authorize(on, eve)).json.errno, 125)
        assert.equal((await authorize(on, laptop, { client_id: '1b1a3e44c54fbb58' })).json.errno, 125)
        on.clock.tick(approvalLasts)
        assert.equal((await authorize(on, laptop)).json.errno, 125)
      },
    )

    await t.test('nobody agrees to a computer, and a telephone lets in nobody', async () => {
      await assert.rejects(agree(desktop), { code: 'client-unknown' })
      await agree()
      const { json } = await authorize(on, laptop)
      const { session_token: session } = (await redeem(on, json.code)).json
      await agree()
      const body = wanted({ client_id: '1b1a3e44c54fbb58' })
      assert.equal((await on.ask('POST', '/v1/oauth/authorization', { session, body })).json.errno, 162)
    })

    await t.test('the agreement alone opens nothing, and ends with the account', async () => {
      await agree()
      const rows = await on.store.rows('token', { account_id: laptop.account.id })
      const [row] = rows.filter((one) => one['kind'] === 'fxa-pairing')
      assert.equal((await redeem(on, String(row?.['hash']))).json.errno, 172)
      assert.equal(
        (await on.ask('GET', '/v1/account/devices', { bearer: String(row?.['hash']) })).status,
        401,
      )
    })
  })
