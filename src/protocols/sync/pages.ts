/**
 * Pages of objects, written as they are read: each object's stored text is copied once, into memory that is used again.
 * Fresh memory costs more than all that is written into it.
 */
import type { Show } from '../../core/ports.ts'
import { headOf } from './bso.ts'

/** What is sent: pieces of one body. */
export interface Page {
  pieces: readonly Uint8Array[]
  /** Of all pieces. */
  length: number
  /** Gives the memory back: once, when nobody reads the pieces any more. */
  release(): void
}

export interface PageWriter {
  show: Show
  /** Objects that were shown. */
  count(): number
  /** The last one; undefined: there was none. */
  last(): { id: string; modified: number; data: string } | undefined
  done(): Page
  /** Gives the memory back of a page that nobody is to get. */
  release(): void
}

export interface Pages {
  /** A list, or lines; of the objects, or of their ids alone. */
  writer(form: { newlines: boolean; full: boolean }): PageWriter
}

const pieceBytes = 262_144
/** Pieces that are kept for the next page. */
const mostIdle = 32

/** Characters of a text that is not measured: each is three bytes of UTF-8 at most. */
const shortText = 16_384
const comma = 44
const nothing = Buffer.alloc(0)

export function createPages(): Pages {
  const idle: Buffer[] = []

  return {
    writer({ newlines, full }) {
      let memory: Buffer[] = []
      const pieces: Uint8Array[] = []
      let piece: Buffer = nothing
      let at = 0
      let length = 0
      let count = 0
      let last: ReturnType<PageWriter['last']>

      function close(): void {
        if (at === 0) return
        pieces.push(piece.subarray(0, at))
        length += at
        at = 0
      }

      /** Makes room for so many bytes in one piece. */
      function room(bytes: number): void {
        if (piece.length - at >= bytes) return
        close()
        const usual = bytes <= pieceBytes
        piece = (usual && idle.pop()) || Buffer.allocUnsafeSlow(usual ? pieceBytes : bytes)
        memory.push(piece)
      }

      function ascii(text: string): void {
        room(text.length)
        at += piece.write(text, at, 'latin1')
      }

      function release(): void {
        for (const one of memory) if (one.length === pieceBytes && idle.length < mostIdle) idle.push(one)
        memory = []
      }

      return {
        show(id, modified, data) {
          last = { id, modified, data }
          const before = newlines ? '' : count === 0 ? '[' : ','
          count++
          if (full) {
            const head = before + headOf(last)
            room(head.length + (data.length < shortText ? 3 * data.length : Buffer.byteLength(data)))
            // The text begins with the brace that the head has already: it goes over the comma, which is put back.
            const over = at + piece.write(head, at, 'latin1') - 1
            at = over + piece.write(data, over, 'utf8')
            piece[over] = comma
          } else ascii(before + JSON.stringify(id))
          if (newlines) ascii('\n')
        },
        count: () => count,
        last: () => last,
        release,
        done() {
          if (!newlines) ascii(count === 0 ? '[]' : ']')
          close()
          return { pieces, length, release }
        },
      }
    },
  }
}
