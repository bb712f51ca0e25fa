import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mailSender, smtpServer } from './mail-options.ts'
import { OptionError } from './options.ts'

test('a mail server has a host, a port, protection, and perhaps a user', () => {
  assert.deepEqual(smtpServer.parse('smtp://ada:p%40ss%2Fword@mail.example.org'), {
    host: 'mail.example.org',
    port: 587,
    protection: 'starttls',
    user: 'ada',
    password: 'p@ss/word',
  })
  assert.deepEqual(smtpServer.parse('smtps://mail.example.org/'), {
    host: 'mail.example.org',
    port: 465,
    protection: 'tls',
  })
  assert.equal(smtpServer.parse('smtps://[2001:db8::1]:2465').host, '2001:db8::1')
})

test('only a mail server on this machine is spoken to without encryption', () => {
  for (const here of ['smtp://localhost:25', 'smtp://127.0.0.1', 'smtp://[::1]:25'])
    assert.equal(smtpServer.parse(here).protection, 'none', here)
  for (const away of ['smtp://10.0.0.1:25', 'smtp://mail:25', 'smtp://localhost.example.org'])
    assert.equal(smtpServer.parse(away).protection, 'starttls', away)
})

test('what is no mail server is refused without repeating its password', () => {
  for (const text of [
    'mail.example.org',
    'http://u:hunter2@mail.example.org',
    'smtp://',
    'smtp://u:hunter2@host/path',
    'smtp://u:hunter2@host?tls=no',
    'smtp://u:hunter2@host:99999',
    'smtp://hunter2@host',
    'smtp://u:%hunter2@host',
  ])
    assert.throws(
      () => smtpServer.parse(text),
      (error) => error instanceof OptionError && !error.message.includes('hunter2'),
      text,
    )
  assert.throws(() => mailSender.parse('nobody'), OptionError)
})
