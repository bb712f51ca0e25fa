import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkName } from './names.ts'
import type { Resolved } from './types.ts'
import { say } from './words.ts'

const url = 'https://cloud.example.org'
const listen = { host: '127.0.0.1', port: 8888 }
const dns = (...four: string[]): Resolved => ({ four, six: [], source: 'dns' })

/** The code and the sentence of what is found. */
function found(resolved: Resolved, own: readonly string[], reached = false): [string, string] {
  const [finding, ...more] = checkName(url, resolved, reached, own, { listen })
  assert.ok(finding)
  assert.deepEqual(more, [])
  return [finding.code, say(finding, 'en')]
}

test('without a record, the one to make is named with this machine’s public address', () => {
  const nobody: Resolved = { four: [], six: [], source: 'nobody' }
  const [code, text] = found(nobody, ['192.168.1.10', '203.0.113.7'])
  assert.equal(code, 'name-missing')
  assert.match(text, /Make an A record for cloud\.example\.org that points to 203\.0\.113\.7\./)
  assert.match(found(nobody, ['2001:db8::7'])[1], /Make an AAAA record .* 2001:db8::7/)
})

test('behind a router, the port to forward and the address in the own network are named', () => {
  const nobody: Resolved = { four: [], six: [], source: 'nobody' }
  const [code, text] = found(nobody, ['192.168.1.10'])
  assert.equal(code, 'name-missing-nat')
  assert.match(text, /forward its port 443 to 192\.168\.1\.10/)
  const [elsewhere, forwardIt] = found(dns('198.51.100.1'), ['192.168.1.10'])
  assert.equal(elsewhere, 'name-elsewhere-nat')
  assert.match(forwardIt, /198\.51\.100\.1.*forward its port 443 to 192\.168\.1\.10/)
})

test('a name that leads to this machine, from everywhere or from its own network, is well', () => {
  assert.equal(found(dns('203.0.113.7'), ['203.0.113.7'])[0], 'name-here')
  assert.equal(found(dns('192.168.1.10'), ['192.168.1.10'])[0], 'name-private')
})

test('a name that leads elsewhere is well when it leads back here, and else names the record', () => {
  assert.equal(found(dns('198.51.100.1'), ['203.0.113.7'], true)[0], 'name-through')
  const [code, text] = found(dns('198.51.100.1'), ['203.0.113.7'])
  assert.equal(code, 'name-elsewhere')
  assert.match(text, /A record for cloud\.example\.org that points to 203\.0\.113\.7/)
})

test('a name that only this machine knows, and name servers that are silent, are said', () => {
  const system: Resolved = { four: ['203.0.113.7'], six: [], source: 'system' }
  assert.equal(found(system, ['203.0.113.7'])[0], 'name-system')
  const failed: Resolved = { four: [], six: [], source: 'failed' }
  assert.equal(found(failed, [])[0], 'name-failed')
})
