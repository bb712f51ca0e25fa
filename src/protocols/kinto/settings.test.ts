import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type KintoOptions, readSettings, SettingsError } from './settings.ts'

const options: KintoOptions = {
  publicUrl: 'http://localhost:8888',
  readonly: false,
  backoff: 0,
  eos: undefined,
  eosUrl: undefined,
  eosMessage: undefined,
  kintoBodyLimit: 8_388_608,
  kintoObjectLimit: 2_621_440,
  kintoBatchLimit: 25,
  kintoFlush: false,
  unsafeTest: false,
  kintoVariables: {},
}
const given = (kintoVariables: Record<string, string>, unsafeTest = false) =>
  readSettings({ ...options, kintoVariables, unsafeTest })

describe('settings of the Kinto door', () => {
  test('without variables, everybody who has an account makes buckets, and nobody flushes', () => {
    const { settings, inForce, ignored } = readSettings(options)
    assert.deepEqual(settings.grants, { bucket_create: ['system.Authenticated'] })
    assert.equal(settings.flush, 'nobody')
    assert.equal(settings.guests, false)
    assert.equal(settings.paginateBy, undefined)
    assert.deepEqual([inForce, ignored], [[], []])
  })

  test('variables are JSON where they are JSON, and switches take the words that Kinto takes', () => {
    const { settings } = given({
      KINTO_BACKOFF: '"10"',
      KINTO_PAGINATE_BY: '5',
      KINTO_READONLY: 'True',
      KINTO_EXPERIMENTAL_PERMISSIONS_ENDPOINT: 'no',
      KINTO_EOS: '"2026-01-01"',
      KINTO_EOS_URL: 'http://example.com',
      KINTO_EOS_MESSAGE: 'Farewell',
    })
    assert.equal(settings.backoff, 10)
    assert.equal(settings.paginateBy, 5)
    assert.equal(settings.readonly, true)
    assert.equal(settings.permissionsEndpoint, false)
    assert.deepEqual(settings.eos, {
      at: Date.UTC(2026, 0, 1),
      text: '2026-01-01',
      url: 'http://example.com',
      message: 'Farewell',
    })
  })

  test("the server's own end-of-life options serve as well, the documentation standing in for a page", () => {
    const { settings } = readSettings({ ...options, eos: Date.UTC(2030, 11, 31) })
    assert.equal(settings.eos?.text, '2030-12-31')
    assert.equal(settings.eos?.url, settings.projectDocs)
  })

  test('what has an effect is told, and what has none', () => {
    const { inForce, ignored } = given({
      KINTO_STORAGE_BACKEND: 'kinto.core.storage.postgresql',
      KINTO_PAGINATE_BY: '5',
      KINTO_INCLUDES: 'kinto.plugins.accounts',
    })
    assert.deepEqual(inForce, ['KINTO_INCLUDES', 'KINTO_PAGINATE_BY'])
    assert.deepEqual(ignored, ['KINTO_STORAGE_BACKEND'])
  })

  for (const [name, value] of [
    ['KINTO_INCLUDES', 'kinto.plugins.flush'],
    ['KINTO_MULTIAUTH_POLICIES', 'account basicauth'],
    ['KINTO_BUCKET_CREATE_PRINCIPALS', 'system.Everyone'],
    ['KINTO_BUCKET_WRITE_PRINCIPALS', 'account:admin'],
    ['KINTO_RECORD_READ_PRINCIPALS', 'system.Authenticated'],
    ['KINTO_COLLECTION_CREATE_PRINCIPALS', 'account:bob'],
    ['KINTO_ACCOUNT_CREATE_PRINCIPALS', 'system.Everyone'],
    ['KINTO_ACCOUNT_WRITE_PRINCIPALS', 'system.Authenticated'],
  ] as const)
    test(`${name}=${value} needs the test switch`, () => {
      assert.throws(
        () => given({ [name]: value }),
        (error) => error instanceof SettingsError && /ESSAIM_UNSAFE_TEST/.test(error.problems[0] ?? ''),
      )
      assert.deepEqual(given({ [name]: value }, true).inForce, [name])
    })

  test('named accounts may administer accounts or make buckets without it', () => {
    const { settings } = given({
      KINTO_ACCOUNT_WRITE_PRINCIPALS: 'account:admin',
      KINTO_BUCKET_CREATE_PRINCIPALS: 'account:admin  account:bob',
    })
    assert.deepEqual(settings.grants.account_write, ['account:admin'])
    assert.deepEqual(settings.grants.bucket_create, ['account:admin', 'account:bob'])
  })

  test('cache times come by resource, bucket and collection', () => {
    const { settings } = given({
      KINTO_RECORD_CACHE_EXPIRES_SECONDS: '33',
      KINTO_BLOG_ARTICLES_RECORD_CACHE_EXPIRES_SECONDS: '44',
    })
    assert.equal(settings.cacheExpires.record, 33)
    assert.equal(settings.recordCacheExpires.get('BLOG_ARTICLES'), 44)
  })

  test('every variable at fault is named at once', () => {
    assert.throws(
      () =>
        given({
          KINTO_BACKOFF: '-1',
          KINTO_PAGINATE_BY: 'many',
          KINTO_EOS: 'some day',
          KINTO_EOS_URL: 'http://example.com',
        }),
      (error) => error instanceof SettingsError && error.problems.length === 4,
    )
  })
})
