/** What the pages weigh, how they are sent, and under which policy. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { get } from 'node:http'
import { join } from 'node:path'
import { test } from 'node:test'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { startServer } from '../support/server.ts'

const built = join(import.meta.dirname, '../../dist/web')

/** The files that a file imports at once, itself included. */
function needs(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found
  found.add(file)
  const source = readFileSync(join(built, file), 'utf8')
  for (const [, name] of source.matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g)) needs(name!, found)
  return found
}

const pageFile = (name: string) =>
  readdirSync(built).find((file) => file.startsWith(`${name}-`) && file.endsWith('.js'))!

test('signing in needs at most 90 KB, with all that stretches a password and unlocks the key', (t) => {
  const files = new Set([
    ...needs('main.js'),
    ...needs(pageFile('sign-in')),
    'stretch.js',
    'style.css',
    'icon.svg',
  ])
  const sum = (end: string) =>
    [...files].reduce((total, file) => total + statSync(join(built, file + end)).size, 0)
  t.diagnostic(`${files.size} files: ${sum('.br')} bytes with Brotli, ${sum('.gz')} with gzip`)
  assert.ok(sum('.gz') <= 90_000)
})

test('files come in the form that the browser takes, for ever, and each has its own policy', async (t) => {
  const server = await startServer(t)
  const page = await fetch(`${server.url}/setup`)
  const html = await page.text()
  const prefix = /src="(\/assets\/[0-9a-f]{16}\/)main\.js"/.exec(html)?.[1] ?? assert.fail('no script')
  const ask = (name: string, coding: string) =>
    new Promise<{ coding: string | undefined; vary: string | undefined; policy: string; body: Buffer }>(
      (resolve, reject) => {
        get(`${server.url}${prefix}${name}`, { headers: { 'Accept-Encoding': coding } }, (answer) => {
          const chunks: Buffer[] = []
          answer.on('data', (chunk: Buffer) => chunks.push(chunk))
          answer.on('end', () => {
            assert.equal(answer.headers['cache-control'], 'public, max-age=31536000, immutable')
            assert.equal(answer.headers['x-content-type-options'], 'nosniff')
            resolve({
              coding: answer.headers['content-encoding'],
              vary: answer.headers.vary,
              policy: String(answer.headers['content-security-policy']),
              body: Buffer.concat(chunks),
            })
          })
        }).on('error', reject)
      },
    )

  await t.test('the coding is the smallest that is accepted', async () => {
    const plain = await ask('main.js', 'identity')
    assert.equal(plain.coding, undefined)
    assert.equal(plain.vary, 'Accept-Encoding')
    const br = await ask('main.js', 'gzip, deflate, br')
    assert.equal(br.coding, 'br')
    assert.deepEqual(brotliDecompressSync(br.body), plain.body)
    const gzip = await ask('main.js', 'gzip;q=0.5, br;q=0')
    assert.equal(gzip.coding, 'gzip')
    assert.deepEqual(gunzipSync(gzip.body), plain.body)
  })

  await t.test('only the worker may run WebAssembly', async () => {
    for (const name of readdirSync(built).filter((file) => /\.(js|css|svg)$/.test(file))) {
      const { policy } = await ask(name, 'br')
      assert.equal(policy.includes('wasm-unsafe-eval'), name === 'stretch.js', name)
      assert.match(policy, /^default-src 'none';/)
    }
  })

  await t.test('the page names one prefix, and nothing that an injection could use', () => {
    const policy = page.headers.get('content-security-policy') ?? ''
    assert.match(policy, new RegExp(`script-src ${server.url}${prefix}(;|$)`))
    assert.match(policy, new RegExp(`style-src ${server.url}${prefix}(;|$)`))
    assert.doesNotMatch(policy, /unsafe|'self'(?!; frame)|data:|\*/)
    for (const part of [
      "object-src 'none'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
      "form-action 'self'",
    ])
      assert.ok(policy.includes(part), part)
    assert.doesNotMatch(html, /<script(?![^>]* src=)|<style|\son\w+=|style=/)
  })

  await t.test('what is not a file of this build is not there', async () => {
    for (const path of [`${prefix}nothing.js`, `${prefix}manifest.json`, '/assets/0000000000000000/main.js'])
      assert.equal((await fetch(server.url + path)).status, 404, path)
  })

  await t.test('the root is a page for browsers, and the Kinto door’s for programs', async () => {
    const browser = await fetch(`${server.url}/`, { headers: { Accept: 'text/html,*/*;q=0.8' } })
    assert.match(await browser.text(), /<essaim-app>/)
    const program = await fetch(`${server.url}/`, { redirect: 'manual' })
    assert.deepEqual([program.status, program.headers.get('location')], [307, '/v1/'])
  })

  await t.test('the language is the one that the browser prefers', async () => {
    for (const [wanted, lang] of [
      ['fr-CA,fr;q=0.8,en;q=0.5', 'fr'],
      ['de, en;q=0.5', 'en'],
    ] as const) {
      const answer = await fetch(`${server.url}/setup`, { headers: { 'Accept-Language': wanted } })
      assert.match(await answer.text(), new RegExp(`<html lang="${lang}">`))
      assert.match(answer.headers.get('vary') ?? '', /Accept-Language/)
    }
  })
})
