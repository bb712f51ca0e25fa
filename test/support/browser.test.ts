import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { openBrowser } from './browser.ts'

test('a page of this machine runs in the browser, and nothing else is reached', async (t) => {
  const browser = await openBrowser(t)
  if (!browser) return
  const server = createServer((_request, response) => response.end('<title>here</title>')).listen(
    0,
    '127.0.0.1',
  )
  t.after(() => server.close())
  await once(server, 'listening')
  const page = await browser.newPage()
  await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`)
  assert.equal(await page.evaluate(() => document.title), 'here')
  await assert.rejects(page.goto('http://essaim.example/'), /ERR_NAME_NOT_RESOLVED/)
})
