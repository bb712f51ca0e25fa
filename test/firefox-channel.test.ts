/** The messages between our pages and the Firefox that shows them, with a window that is none. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { ask, askStatus, ChannelError, tellChannel } from '../web/src/firefox/channel.ts'

interface Sent {
  id: string
  message: { command: string; messageId: string; data: Record<string, unknown> }
}

/** Puts a window there, as long as the test lasts; what the page has sent, and how it is answered. */
function aWindow(t: TestContext) {
  const target = new EventTarget()
  const sent: Sent[] = []
  let listening = 0
  const before = ['addEventListener', 'removeEventListener', 'dispatchEvent'].map(
    (name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const,
  )
  Object.assign(globalThis, {
    addEventListener: (name: string, hear: EventListener) => {
      listening++
      target.addEventListener(name, hear)
    },
    removeEventListener: (name: string, hear: EventListener) => {
      listening--
      target.removeEventListener(name, hear)
    },
    dispatchEvent: (event: Event) => target.dispatchEvent(event),
  })
  t.after(() => {
    for (const [name, descriptor] of before)
      if (descriptor) Object.defineProperty(globalThis, name, descriptor)
      else Reflect.deleteProperty(globalThis, name)
  })
  target.addEventListener('WebChannelMessageToChrome', (event) => {
    const { detail } = event as CustomEvent<unknown>
    assert.equal(typeof detail, 'string')
    sent.push(JSON.parse(String(detail)) as Sent)
  })
  const say = (detail: unknown) =>
    target.dispatchEvent(new CustomEvent('WebChannelMessageToContent', { detail }))
  return {
    sent,
    say,
    /** Answers what was sent last. */
    answer(data: unknown, more: object = {}) {
      const { id, message } = sent.at(-1)!
      const { command, messageId } = message
      say({ id, message: { command, messageId, data, ...more } })
    },
    listening: () => listening,
  }
}

const codeOf = async (asked: Promise<unknown>) => {
  const error = await asked.then(
    () => assert.fail('it was answered'),
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof ChannelError)
  return [error.code, error.said]
}

test('a question is text with an id of its own, and only its own answer answers it', async (t) => {
  const { sent, say, answer, listening } = aWindow(t)
  const first = ask('fxaccounts:can_link_account', { uid: 'x' }, 5)
  const [{ id, message } = assert.fail()] = sent
  assert.equal(id, 'account_updates')
  assert.deepEqual([message.command, message.data], ['fxaccounts:can_link_account', { uid: 'x' }])
  const second = ask('fxaccounts:can_link_account', {}, 5)
  assert.notEqual(sent[1]?.message.messageId, message.messageId)
  say(null)
  say('no JSON {')
  say({ id: 'another_channel', message: { ...message, data: { ok: 1 } } })
  say({ id, message: 'text' })
  say({ id, message: null })
  answer({ ok: 2 }, { messageId: 'of-nobody' })
  answer({ ok: 3 }, { command: 'fxaccounts:login' })
  answer({ ok: 'second' })
  say({ id, message: { ...message, data: { ok: 'first' } } })
  assert.deepEqual(await Promise.all([first, second]), [{ ok: 'first' }, { ok: 'second' }])
  assert.equal(listening(), 0)
})

test('answers come as objects or as text, and may have no data', async (t) => {
  const { sent, say, answer } = aWindow(t)
  const text = ask('fxaccounts:logout', { uid: 'x' }, 5)
  say(JSON.stringify({ ...sent.at(-1), message: { ...sent.at(-1)?.message, data: { ok: true } } }))
  assert.deepEqual(await text, { ok: true })
  const empty = ask('fxaccounts:logout', { uid: 'x' }, 5)
  answer(undefined)
  assert.deepEqual(await empty, {})
})

test('what goes wrong has a code, and what the browser says of it', async (t) => {
  const { say, answer, listening } = aWindow(t)
  const failing = async (data: unknown) => {
    const asked = codeOf(ask('fxaccounts:login', {}, 5))
    answer(data)
    return asked
  }
  assert.deepEqual(await failing({ error: 'no room' }), ['refused', 'no room'])
  assert.deepEqual(await failing({ error: { message: 'Error: x', stack: 'y' } }), ['refused', 'Error: x'])
  assert.deepEqual(await failing({ error: null }), ['refused', ''])
  assert.deepEqual(await failing({ error: { message: 5 } }), ['refused', ''])
  assert.deepEqual((await failing({ error: 'z'.repeat(9_999) }))[1]?.length, 300)
  assert.deepEqual(await failing({ error: 'Unrecognized FxAccountsWebChannel command' }), [
    'unknown',
    'Unrecognized FxAccountsWebChannel command',
  ])
  const waiting = [codeOf(ask('fxaccounts:login', {}, 5)), codeOf(ask('fxaccounts:logout', {}, 5))]
  say({ id: 'account_updates', message: { errno: 2, error: 'No Such Channel' } })
  assert.deepEqual(await Promise.all(waiting), [
    ['no-channel', ''],
    ['no-channel', ''],
  ])
  assert.equal(listening(), 0)
})

test('what is not answered in its time is given up, and a late answer changes nothing', async (t) => {
  const { answer, listening } = aWindow(t)
  const asked = ask('fxaccounts:oauth_flow_begin', { scopes: [] }, 0.01)
  assert.deepEqual(await codeOf(asked), ['no-answer', ''])
  answer({ state: 'late' })
  assert.equal(listening(), 0)
})

test('the status is read with what older browsers leave out', async (t) => {
  const { sent, answer } = aWindow(t)
  const whole = askStatus('sync', 5)
  assert.deepEqual(sent.at(-1)?.message.data, {
    service: 'sync',
    context: 'oauth_webchannel_v1',
    isPairing: false,
  })
  answer({ signedInUser: { uid: 'x', email: 'y' }, clientId: 'z', capabilities: { engines: ['tabs'] } })
  assert.deepEqual(await whole, {
    signedInUser: { uid: 'x', email: 'y' },
    clientId: 'z',
    capabilities: { engines: ['tabs'] },
  })
  const bare = askStatus('sync', 5)
  answer({})
  assert.deepEqual(await bare, { signedInUser: null, capabilities: {} })
  const nobody = askStatus('sync', 5)
  answer({ signedInUser: { uid: '' } })
  assert.equal((await nobody).signedInUser, null)
})

test('what asks for no answer is said once', (t) => {
  const { sent, listening } = aWindow(t)
  tellChannel('profile:change', { uid: 'x' })
  assert.deepEqual(sent, [
    { id: 'account_updates', message: { command: 'profile:change', data: { uid: 'x' } } },
  ])
  assert.equal(listening(), 0)
})
