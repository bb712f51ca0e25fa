/** The sealed channel by which a browser that joins speaks with the one that lets it in. */
import { joinTls, type Tls } from './pair-tls.ts'

/** What the other browser said, with what the relay knows of it. */
export interface Heard {
  message: string
  data: Readonly<Record<string, unknown>>
}

export interface PairChannel {
  /** Seals and sends; waits until the other one is there. */
  say(message: string, data?: object): Promise<void>
  close(): void
}

export interface PairEars {
  heard(heard: Heard): void
  /** Once: the channel is of no more use, as the other one wished it or not. */
  ended(): void
}

/** What stands behind the # of a pairing address; undefined where it is none. */
export function readOffer(fragment: string): { id: string; key: Uint8Array } | undefined {
  const given = new URLSearchParams(fragment.slice(0, 400))
  const id = given.get('channel_id') ?? ''
  const key = bytesOf(given.get('channel_key') ?? '')
  return /^[\w-]{22}$/.test(id) && key?.length === 32 ? { id, key } : undefined
}

/** Joins the channel of an offer at an origin (`https://…`). Rejects where it is not there or already taken. */
export function joinChannel(
  origin: string,
  { id, key }: { id: string; key: Uint8Array },
  ears: PairEars,
): Promise<PairChannel> {
  const socket = new WebSocket(`${origin.replace(/^http/, 'ws')}/v1/ws/${id}`)
  let tls: Promise<Tls> | undefined
  let over = false
  const end = () => {
    socket.close()
    if (over) return
    over = true
    ears.ended()
  }

  const take = async (secure: Tls, text: string) => {
    const { message } = JSON.parse(text) as { message?: unknown }
    const bytes = typeof message === 'string' ? bytesOf(message) : undefined
    const told = bytes && (await secure.receive(bytes))
    if (told === 'closed') return end()
    if (!told) return undefined
    const said = JSON.parse(new TextDecoder().decode(told)) as { message?: unknown; data?: unknown }
    const data = typeof said.data === 'object' && said.data !== null ? said.data : {}
    return ears.heard({ message: String(said.message), data: data as Heard['data'] })
  }

  return new Promise((resolve, reject) => {
    socket.addEventListener('close', () => {
      if (tls) end()
      else reject(new Error('the channel is not there'))
    })
    socket.addEventListener('message', ({ data }: MessageEvent<string>) => {
      // The first word is the relay's own, and names the channel; what is sealed begins after it.
      if (tls) {
        void tls.then((secure) => take(secure, data)).catch(end)
        return
      }
      const write = (bytes: Uint8Array) => socket.send(textOf(bytes))
      tls = joinTls(key, new TextEncoder().encode(id), write)
      tls.then(
        (secure) =>
          resolve({
            say: (message, more = {}) =>
              secure.send(new TextEncoder().encode(JSON.stringify({ message, data: more }))),
            close: () => {
              over = true
              void secure.close().finally(() => socket.close())
            },
          }),
        reject,
      )
    })
  })
}

function bytesOf(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0))
  } catch {
    return undefined
  }
}

const textOf = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')
