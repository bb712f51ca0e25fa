/** A television without a keyboard: it shows a code, and its owner lets it in from another device. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { axeFaults } from '../support/axe.ts'
import { enterOn, typeInto } from '../support/keyboard.ts'
import { openBrowserNamed } from '../support/pages.ts'
import { openDevice } from '../support/person-at-pages.ts'
import { enter, ownerWithKeys } from '../support/person-with-keys.ts'
import { startServer, type TestServer } from '../support/server.ts'

type Answered = 'device_code' | 'user_code' | 'verification_uri' | 'verification_uri_complete'

const form = (fields: Record<string, string>) => ({ method: 'POST', body: new URLSearchParams(fields) })

/** What the television's maker wrote: it asks for a code, and then for what came of it. */
async function openTelevision({ url }: TestServer) {
  const registered = await fetch(`${url}/oauth/register`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      client_name: 'Photo frame',
      grant_types: ['authorization_code', 'urn:ietf:params:oauth:grant-type:device_code'],
      redirect_uris: ['https://frame.example/'],
      token_endpoint_auth_method: 'none',
    }),
  })
  const { client_id } = (await registered.json()) as { client_id: string }
  return {
    async ask() {
      const answer = await fetch(`${url}/oauth/device`, form({ client_id, scope: 'kinto:pick:r' }))
      const asked = (await answer.json()) as Record<Answered, string>
      const poll = async () => {
        const grant_type = 'urn:ietf:params:oauth:grant-type:device_code'
        const { device_code } = asked
        const token = await fetch(`${url}/oauth/token`, form({ grant_type, client_id, device_code }))
        return (await token.json()) as { access_token?: string; scope?: string; error?: string }
      }
      return { ...asked, poll }
    },
  }
}

for (const name of ['chromium', 'firefox'] as const)
  test(`${name}: a television gets what its owner lets it have, by the code that it shows`, async (t) => {
    const browser = await openBrowserNamed(t, name)
    if (!browser) return
    const server = await startServer(t)
    const olga = await ownerWithKeys(server)
    const television = await openTelevision(server)
    const device = await openDevice(browser, server)
    const { page } = device
    await enter(page, olga, '/')

    await t.test('a code that nobody shows leads nowhere', async () => {
      await device.visit('/device')
      await device.sees('Connect a device')
      assert.deepEqual(await axeFaults(page), [])
      await typeInto(page, 'Code', 'BCDF-GHJK')
      await page.keyboard.press('Enter')
      await device.sees('Nothing waits with this code.')
    })

    await t.test('with the keyboard alone she sees what asks, and lets it read one collection', async () => {
      const { user_code, verification_uri, poll } = await television.ask()
      assert.equal(new URL(verification_uri).pathname, '/device')
      assert.equal((await poll()).error, 'authorization_pending')
      await device.visit('/device')
      await typeInto(page, 'Code', user_code.toLowerCase())
      await page.keyboard.press('Enter')
      const shown = await device.sees('What may “Photo frame” do?')
      assert.match(shown, /shown by a device that is before you now/)
      assert.match(shown, /it runs on a device/)
      assert.doesNotMatch(shown, /Read and change/)
      assert.deepEqual(await axeFaults(page), [])
      await typeInto(page, 'Its name', 'Photographs of 2026')
      await enterOn(page, 'Allow')
      await device.sees('The device is connected')
      const { access_token: token, scope } = await poll()
      assert.equal(scope, 'kinto:default/photographs-of-2026:r')
      const headers = { Authorization: `Bearer ${token}` }
      const records = `${server.url}/v1/buckets/default/collections/photographs-of-2026/records`
      assert.equal((await fetch(records, { headers })).status, 200)
      const write = { ...headers, 'Content-Type': 'application/json' }
      const written = await fetch(records, { method: 'POST', headers: write, body: '{"data":{}}' })
      assert.equal(written.status, 403)
    })

    await t.test('a code of a link waits for her word, and opens nothing again', async () => {
      const { user_code, verification_uri_complete, poll } = await television.ask()
      const { pathname, search } = new URL(verification_uri_complete)
      await device.visit(pathname + search)
      await device.press('Continue')
      await device.press('Refuse')
      await device.sees('The device gets nothing.')
      assert.equal((await poll()).error, 'access_denied')
      await device.visit(`/device#${user_code}`)
      await device.press('Continue')
      await device.sees('Nothing waits with this code.')
      assert.deepEqual(await device.faults(), [])
    })
  })
