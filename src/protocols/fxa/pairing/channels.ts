/**
 * Channels by which two browsers that share a secret reach each other to pair: what one says is told to the other. The
 * words are sealed end to end, so all that is known here is who speaks from where, and how much. Channels live in the
 * memory of one process.
 */
import { randomBytes } from 'node:crypto'
import { addressBlock } from '../../../http/addresses.ts'

/** One end of a channel. */
export interface Party {
  /** Where it connects from, through trusted proxies. */
  address: string
  /** Its User-Agent, which the other's person is shown; at most `maxAgent` characters are kept. */
  agent: string
  /** Sends a text frame; must not throw. */
  send(text: string): void
  /** Ends the connection; `left` follows. */
  close(code: number, reason: string): void
}

export interface ChannelLimits {
  /** Channels at one time, and of them those that one address (IPv6: one /64) began. */
  channels: number
  byAddress: number
  /** Messages through one channel, both ways together, and their characters. */
  messages: number
  characters: number
  /** Milliseconds from a channel's beginning to its end. */
  lifetime: number
}

/**
 * A whole pairing takes eleven messages and about 6,000 characters. Firefox gives up on one after fifteen minutes.
 */
export const channelLimits: ChannelLimits = {
  channels: 1_000,
  byAddress: 10,
  messages: 32,
  characters: 128 * 1024,
  lifetime: 15 * 60_000,
}

const maxAgent = 256

/** Why somebody is not let in: the HTTP status says it. */
export type Refusal = 404 | 429 | 503

interface Channel {
  id: string
  /** The block of the address that began it. */
  block: string
  began: number
  /** Who is connected. The second comes once: its handshake cannot be taken up again on another connection. */
  parties: Party[]
  joined: boolean
  messages: number
  characters: number
}

/** A place in a channel. */
export interface Place {
  /** Of the channel: 16 random bytes in base64url. */
  id: string
  /** Tells the other party; ends the channel where its bounds are passed. */
  say(text: string): void
  /** To be called once the connection is gone. */
  left(): void
}

export interface Channels {
  /** Takes a place: in a new channel, or the second one in the channel of that id. */
  take(id: string | undefined, party: Party): Place | Refusal
  /** Ends the channels whose time is over. */
  sweep(): void
  /** How many there are. */
  size(): number
}

/** The rooms; `now` in milliseconds. */
export function createChannels(now: () => number, limits: ChannelLimits = channelLimits): Channels {
  const channels = new Map<string, Channel>()
  const begun = new Map<string, number>()

  const begin = (address: string): Channel | Refusal => {
    const block = addressBlock(address)
    const count = begun.get(block) ?? 0
    if (count >= limits.byAddress) return 429
    if (channels.size >= limits.channels) return 503
    begun.set(block, count + 1)
    const id = randomBytes(16).toString('base64url')
    const channel = {
      id,
      block,
      began: now(),
      parties: [],
      joined: false,
      messages: 0,
      characters: 0,
    }
    channels.set(id, channel)
    return channel
  }

  const join = (id: string): Channel | Refusal => {
    const channel = channels.get(id)
    // Taken, over and never there look alike: who guesses learns nothing.
    if (!channel || channel.joined || isOver(channel)) return 404
    channel.joined = true
    return channel
  }

  const isOver = ({ began }: Channel) => now() - began >= limits.lifetime

  const remove = (channel: Channel): void => {
    if (!channels.delete(channel.id)) return
    const count = begun.get(channel.block) ?? 0
    if (count > 1) begun.set(channel.block, count - 1)
    else begun.delete(channel.block)
  }

  const end = (channel: Channel, code: number, reason: string): void => {
    remove(channel)
    for (const party of channel.parties.splice(0)) party.close(code, reason)
  }

  const take = (id: string | undefined, party: Party): Place | Refusal => {
    const channel = id === undefined ? begin(party.address) : join(id)
    if (typeof channel === 'number') return channel
    const sender = { ua: party.agent.slice(0, maxAgent), remote: party.address }
    channel.parties.push(party)
    party.send(JSON.stringify({ link: `/v1/ws/${channel.id}`, channelid: channel.id }))
    return {
      id: channel.id,
      say: (text) => {
        if (!channels.has(channel.id)) return
        channel.messages++
        channel.characters += text.length
        if (isOver(channel)) return end(channel, 1008, 'the channel is over')
        if (channel.messages > limits.messages || channel.characters > limits.characters)
          return end(channel, 1008, 'too much for this channel')
        const told = JSON.stringify({ message: text.trim(), sender })
        for (const other of channel.parties) if (other !== party) other.send(told)
      },
      // COMPAT Firefox: who stays is not told. It takes the end of its connection for a failure, also after all is done.
      left: () => {
        const at = channel.parties.indexOf(party)
        if (at >= 0) channel.parties.splice(at, 1)
        if (channel.parties.length === 0) remove(channel)
      },
    }
  }

  return {
    take,
    sweep: () => {
      for (const channel of channels.values()) if (isOver(channel)) end(channel, 1008, 'the channel is over')
    },
    size: () => channels.size,
  }
}
