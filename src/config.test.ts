import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { ConfigError, optionList, readConfig } from './config.ts'

/** The configuration from an environment and a made-up disk. */
const configOf = (env: Record<string, string>, disk: Record<string, string> = {}) =>
  readConfig(env, (path) => disk[path])

/** The sentences with which a configuration is refused. */
function problemsOf(env: Record<string, string>, disk?: Record<string, string>): readonly string[] {
  try {
    configOf(env, disk)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return assert.fail('this configuration was accepted')
}

test('an empty environment gives a server on loopback with its data in ./data', () => {
  const config = configOf({ PATH: '/bin' })
  assert.deepEqual(config.listen, { host: '127.0.0.1', port: 8888 })
  assert.equal(config.publicUrl, 'http://localhost:8888')
  assert.equal(config.contentUrl, config.publicUrl)
  assert.equal(config.data, './data')
  assert.equal(config.secretFile, 'data/secret')
  assert.deepEqual(config.store, { type: 'sqlite' })
  assert.deepEqual(config.doors, ['kinto', 'sync', 'fxa'])
  assert.deepEqual(config.trustedProxies, [])
  assert.equal(config.quota, 5 * 2 ** 30)
  assert.equal(config.metricsListen, undefined)
  assert.equal(config.unsafeTest, false)
})

test('every default can be read, and every option has a sentence of help', () => {
  for (const { env, kind, default: fallback, otherwise, help } of optionList) {
    if (fallback) assert.doesNotThrow(() => kind.parse(fallback), env)
    else assert.ok(fallback === '' || otherwise, `${env} says what holds without it`)
    assert.match(help, /^[A-Z][^\n]+\.$/, env)
    assert.match(env, /^ESSAIM_[A-Z_]+$/)
  }
  assert.equal(new Set(optionList.map(({ env }) => env)).size, optionList.length)
})

test('a configuration cannot be changed once it is read', () => {
  const config = configOf({ ESSAIM_TRUSTED_PROXIES: '10.0.0.0/8' })
  for (const value of [config, config.listen, config.doors, config.trustedProxies, config.kintoVariables])
    assert.ok(Object.isFrozen(value))
})

test('the public address follows the port of the listener unless it is given', () => {
  assert.equal(configOf({ ESSAIM_LISTEN: '[::1]:9000' }).publicUrl, 'http://localhost:9000')
  const given = configOf({ ESSAIM_LISTEN: '0.0.0.0:80', ESSAIM_PUBLIC_URL: 'https://Home.Example:443/' })
  assert.equal(given.publicUrl, 'https://home.example')
  assert.equal(given.contentUrl, 'https://home.example')
})

test('the option file is read, and the environment wins over it', () => {
  const disk = {
    './essaim.env': '# ours\n\nESSAIM_QUOTA=2GiB\r\n ESSAIM_EOS_MESSAGE = "so long"\nESSAIM_EOS=2030-01-01\n',
  }
  assert.equal(configOf({}, disk).quota, 2 * 2 ** 30)
  assert.equal(configOf({}, disk).eosMessage, 'so long')
  assert.equal(configOf({}, disk).eos, Date.UTC(2030, 0, 1))
  assert.equal(configOf({ ESSAIM_QUOTA: '1MiB' }, disk).quota, 2 ** 20)
  assert.equal(configOf({ ESSAIM_QUOTA: '' }, disk).quota, 5 * 2 ** 30)
  assert.equal(configOf({ ESSAIM_CONFIG: '/etc/e' }, { '/etc/e': 'ESSAIM_BACKOFF=3' }).backoff, 3)
})

test('a fault of the option file is named by its line', () => {
  const faulty = 'ESSAIM_BACKOFF=1\nhello\nESSAIM_BACKOFF=2\nPATH=/bin\nESSAIM_CONFIG=other'
  assert.deepEqual(problemsOf({ ESSAIM_CONFIG: '/e' }, { '/e': faulty }), [
    '/e line 2 sets no option',
    '/e line 3 sets ESSAIM_BACKOFF again',
    '/e line 4 sets no option',
    '/e line 5 sets no option',
  ])
  assert.deepEqual(problemsOf({ ESSAIM_CONFIG: '/gone' }), [
    'ESSAIM_CONFIG names /gone, which does not exist',
  ])
})

test('names that are no option refuse to start, in the environment and in the file', () => {
  assert.deepEqual(problemsOf({ ESSAIM_QUOTTA: '1' }, { './essaim.env': 'ESSAIM_LISTEN_FILE=x' }), [
    'ESSAIM_QUOTTA is not an option',
    'ESSAIM_LISTEN_FILE is not an option',
  ])
  assert.doesNotThrow(() => configOf({ ESSAIM_TEST_REQUIRE: 'all', ESSAIM_TEST_PG: '15' }))
})

test('all faults are told at once, each with its option', () => {
  const problems = problemsOf({ ESSAIM_LISTEN: 'nowhere', ESSAIM_QUOTA: 'much', ESSAIM_READONLY: 'perhaps' })
  assert.deepEqual(problems, [
    'ESSAIM_LISTEN must be an IP address or localhost and a port, such as 127.0.0.1:8888',
    'ESSAIM_QUOTA must be a size such as 512KiB, 8MiB or 5GiB',
    'ESSAIM_READONLY must be 0 or 1',
  ])
})

test('a secret can come from a file, whose last line end is dropped', () => {
  const disk = { '/run/pg': 'postgres://essaim:s3cret@db/essaim\n', '/run/token': 'abc\r\n' }
  const config = configOf({ ESSAIM_STORE_FILE: '/run/pg', ESSAIM_METRICS_TOKEN_FILE: '/run/token' }, disk)
  assert.deepEqual(config.store, { type: 'postgres', url: 'postgres://essaim:s3cret@db/essaim' })
  assert.equal(config.metricsToken, 'abc')
})

test('a secret that is given twice or whose file is missing refuses to start', () => {
  assert.deepEqual(problemsOf({ ESSAIM_METRICS_TOKEN: 'a', ESSAIM_METRICS_TOKEN_FILE: '/b' }), [
    'ESSAIM_METRICS_TOKEN and ESSAIM_METRICS_TOKEN_FILE are both given',
  ])
  assert.deepEqual(problemsOf({ ESSAIM_METRICS_TOKEN_FILE: '/b' }), [
    'ESSAIM_METRICS_TOKEN has no file /b, which ESSAIM_METRICS_TOKEN_FILE names',
  ])
})

test('the environment wins over the file for secrets too, whichever form each uses', () => {
  const disk = { './essaim.env': 'ESSAIM_METRICS_TOKEN_FILE=/b', '/b': 'from the file' }
  assert.equal(configOf({}, disk).metricsToken, 'from the file')
  assert.equal(
    configOf({ ESSAIM_METRICS_TOKEN: 'from the environment' }, disk).metricsToken,
    'from the environment',
  )
})

test('a refused secret is not repeated', () => {
  const problems = problemsOf({ ESSAIM_STORE: 'mysql://me:hunter2@db/x', ESSAIM_BUS: 'redis://hunter2@bus' })
  assert.equal(problems.length, 2)
  assert.doesNotMatch(problems.join(), /hunter2/)
})

test('the test switch refuses every listener that others can reach', () => {
  const unsafe = { ESSAIM_UNSAFE_TEST: '1' }
  for (const listen of ['127.0.0.1:1', '127.9.9.9:1', '[::1]:1', 'localhost:1'])
    assert.equal(configOf({ ...unsafe, ESSAIM_LISTEN: listen }).unsafeTest, true)
  for (const listen of ['0.0.0.0:1', '[::]:1', '10.0.0.1:1', '[::ffff:127.0.0.1]:1'])
    assert.match(
      problemsOf({ ...unsafe, ESSAIM_LISTEN: listen }).join(),
      /ESSAIM_UNSAFE_TEST.*ESSAIM_LISTEN is not/,
    )
  assert.match(
    problemsOf({ ...unsafe, ESSAIM_METRICS_LISTEN: '0.0.0.0:2' }).join(),
    /ESSAIM_UNSAFE_TEST.*ESSAIM_METRICS_LISTEN is not/,
  )
})

const contradictions: Record<string, [env: Record<string, string>, says: RegExp]> = {
  'a port that the system chooses, without a public address': [
    { ESSAIM_LISTEN: '127.0.0.1:0' },
    /ESSAIM_LISTEN .* needs ESSAIM_PUBLIC_URL/,
  ],
  'two listeners on one address': [
    { ESSAIM_METRICS_LISTEN: '127.0.0.1:8888' },
    /ESSAIM_METRICS_LISTEN .* ESSAIM_LISTEN/,
  ],
  'a bus for a store of one process': [{ ESSAIM_BUS: 'nats://127.0.0.1' }, /ESSAIM_BUS .* ESSAIM_STORE/],
  'a mail server without a sender': [{ ESSAIM_SMTP_URL: 'smtp://localhost' }, /ESSAIM_MAIL_FROM/],
  'a sender without a mail server': [{ ESSAIM_MAIL_FROM: 'a@example.org' }, /ESSAIM_SMTP_URL/],
  'no door at all': [{ ESSAIM_DOORS: ',' }, /ESSAIM_DOORS/],
  'browsers that would find no storage': [{ ESSAIM_DOORS: 'kinto,fxa' }, /fxa without sync/],
  'an object larger than a body': [{ ESSAIM_KINTO_OBJECT_LIMIT: '9MiB' }, /ESSAIM_KINTO_OBJECT_LIMIT/],
  'a page about an end that has no date': [{ ESSAIM_EOS_URL: 'https://a.example/' }, /ESSAIM_EOS_URL/],
  'a sentence about an end that has no date': [{ ESSAIM_EOS_MESSAGE: 'bye' }, /ESSAIM_EOS_MESSAGE/],
}
for (const [name, [env, says]] of Object.entries(contradictions))
  test(`refuses to start with ${name}`, () => assert.match(problemsOf(env).join(), says))

test('variables of a Kinto server are handed on only with the switch, else named as ignored', () => {
  const kinto = { KINTO_PAGINATE_BY: '10', KINTO_BACKOFF: '5' }
  const ignored = configOf(kinto)
  assert.deepEqual(ignored.kintoVariables, {})
  assert.deepEqual(ignored.ignoredVariables, ['KINTO_BACKOFF', 'KINTO_PAGINATE_BY'])
  const read = configOf(
    { ...kinto, ESSAIM_KINTO_COMPAT: '1' },
    { './essaim.env': 'KINTO_BACKOFF=7\nKINTO_EOS=x' },
  )
  assert.deepEqual(read.kintoVariables, { ...kinto, KINTO_EOS: 'x' })
  assert.deepEqual(read.ignoredVariables, [])
})

test('docs/operating.md shows the options as they are', () => {
  const script = fileURLToPath(new URL('../scripts/docs.mjs', import.meta.url))
  assert.doesNotThrow(() => execFileSync(process.execPath, [script, '--check'], { stdio: 'pipe' }))
})
