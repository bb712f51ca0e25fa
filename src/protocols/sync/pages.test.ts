import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPages, type Page } from './pages.ts'

const textOf = ({ pieces, length }: Page) => {
  const text = Buffer.concat(pieces)
  assert.equal(text.length, length)
  return text.toString('utf8')
}
const stored = (payload: string) => JSON.stringify({ payload })
const shown = (id: string, payload: string) => ({ id, modified: 1.23, payload })

test('a page is a list or lines, of objects or of ids', () => {
  const pages = createPages()
  const write = (form: { newlines: boolean; full: boolean }, ids: string[]) => {
    const page = pages.writer(form)
    for (const id of ids) page.show(id, 1_230, stored('é'))
    assert.equal(page.count(), ids.length)
    const done = page.done()
    const text = textOf(done)
    done.release()
    return text
  }
  const both = [shown('a', 'é'), shown('b"\\', 'é')]
  assert.deepEqual(JSON.parse(write({ newlines: false, full: true }, ['a', 'b"\\'])), both)
  const lines = write({ newlines: true, full: true }, ['a', 'b"\\'])
  assert.deepEqual(
    lines
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
    both,
  )
  assert.equal(write({ newlines: false, full: false }, ['a', 'b"\\']), '["a","b\\"\\\\"]')
  assert.equal(write({ newlines: true, full: false }, ['a', 'b']), '"a"\n"b"\n')
  assert.equal(write({ newlines: false, full: true }, []), '[]')
  assert.equal(write({ newlines: true, full: true }, []), '')
})

test('objects of any size are whole, whichever pieces they lie in', () => {
  const pages = createPages()
  const payloads = [0, 1, 1_000, 16_380, 16_390, 87_000, 262_000, 262_144, 900_000, 3].flatMap((size) => [
    'x'.repeat(size),
    '€'.repeat(size),
  ])
  for (let round = 0; round < 3; round++) {
    const page = pages.writer({ newlines: false, full: true })
    for (const [i, payload] of payloads.entries()) page.show(`o${i}`, 1_230, stored(payload))
    const done = page.done()
    assert.deepEqual(
      JSON.parse(textOf(done)),
      payloads.map((payload, i) => shown(`o${i}`, payload)),
    )
    done.release()
  }
})

test('memory is not used again before it is given back, and given back once', () => {
  const pages = createPages()
  const write = (payload: string) => {
    const page = pages.writer({ newlines: false, full: true })
    page.show('a', 1_230, stored(payload))
    return page.done()
  }
  const first = write('first')
  const second = write('second')
  first.release()
  first.release()
  const [third, fourth] = [write('third'), write('fourth')]
  assert.equal(third.pieces[0]!.buffer, first.pieces[0]!.buffer)
  assert.notEqual(fourth.pieces[0]!.buffer, third.pieces[0]!.buffer)
  assert.deepEqual(
    [second, third, fourth].map((page) => JSON.parse(textOf(page)) as unknown),
    ['second', 'third', 'fourth'].map((payload) => [shown('a', payload)]),
  )
})
