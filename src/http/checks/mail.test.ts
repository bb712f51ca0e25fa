import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkMail } from './mail.ts'
import { say } from './words.ts'

test('without a mail server nothing is wrong, and what it would give is said', async () => {
  const finding = await checkMail(undefined)
  assert.equal(finding.level, 'ok')
  assert.match(say(finding, 'en'), /ESSAIM_SMTP_URL and ESSAIM_MAIL_FROM/)
})

test('a mail server that lets us in is well, and one that does not is named with the reason', async () => {
  const server = 'mail.example.org:587'
  assert.equal((await checkMail({ server, check: async () => {} })).code, 'mail-good')
  const failed = await checkMail({ server, check: () => Promise.reject(new Error('AUTH\n535')) })
  assert.equal(failed.level, 'wrong')
  assert.match(say(failed, 'fr'), /mail\.example\.org:587 .*\(AUTH\?535\).*ESSAIM_SMTP_URL/)
})
