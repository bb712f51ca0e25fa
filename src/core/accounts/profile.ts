/** What others may see of a person: her name and her picture, records of her own home. */
import { CodedError } from '../../lib/coded-error.ts'
import { randomToken } from '../../lib/ids.ts'
import type { JsonObject } from '../../lib/json/index.ts'
import type { Blobs, RecordRow, Store } from '../ports.ts'
import { type Change, commitStep, type RecordInput } from '../records/index.ts'
import type { Account } from './types.ts'

/**
 * Why a profile was not changed.
 * - `name-malformed`: more than 100 characters, or signs that are none. - `too-large`: a picture past 256 KiB.
 * - `not-a-picture`: neither PNG, JPEG nor WebP by its first bytes.
 */
export type ProfileErrorCode = 'name-malformed' | 'too-large' | 'not-a-picture'

export interface Profile {
  name: string | null
  /** Id of her picture, in its address: random, and another one for each picture. */
  avatar: string | null
}

export interface Avatar {
  type: string
  /** Opens the bytes; undefined where they are gone. */
  open(): Promise<AsyncIterable<Uint8Array> | Uint8Array | undefined>
  size: number
}

export const profilePath = 'account/profile'
const profileId = 'profile'
const avatarId = 'avatar'
/** The directory's name of a picture: its id to the home. */
const avatarName = 'avatar'

/** Characters of a name, and bytes of a picture. */
export const maxName = 100
export const maxAvatar = 262_144
/** Larger bodies are blobs. */
const maxInRow = 65_536

type Home = Pick<Account, 'home'>

export async function readProfile(reads: Pick<Store, 'record'>, { home }: Home): Promise<Profile> {
  const { record } = await reads.record(home, profilePath, profileId)
  return profileOf(record)
}

function profileOf(record: RecordRow | undefined): Profile {
  const { name, avatar } = (record && !record.deleted ? JSON.parse(record.data) : {}) as JsonObject
  return { name: typeof name === 'string' ? name : null, avatar: typeof avatar === 'string' ? avatar : null }
}

/** Sets the name, or takes it away with an empty text. Errors: `name-malformed`. */
export async function setName(store: Pick<Store, 'commit'>, { home }: Home, text: string): Promise<void> {
  const name = text.normalize('NFC').trim()
  if ([...name].length > maxName || /\p{Cc}|\p{Cs}/u.test(name))
    throw new CodedError<ProfileErrorCode>('name-malformed', `a name has at most ${maxName} characters`)
  await commitStep(store, { changes: [profileChange(home, (old) => ({ ...old, name: name || null }))] })
}

/**
 * Sets the picture and returns its id; the former one's address is gone.
 * Errors: `too-large`, `not-a-picture`, and those of `Blobs.put`.
 */
export async function setAvatar(
  { store, blobs }: { store: Pick<Store, 'commit'>; blobs: Pick<Blobs, 'put'> },
  { home }: Home,
  bytes: Uint8Array,
): Promise<string> {
  if (bytes.byteLength > maxAvatar)
    throw new CodedError<ProfileErrorCode>('too-large', 'the picture is too large', { max: maxAvatar })
  const type = pictureType(bytes)
  if (!type) throw new CodedError<ProfileErrorCode>('not-a-picture', 'no PNG, JPEG or WebP')
  const id = randomToken()
  const content: RecordInput =
    bytes.byteLength <= maxInRow
      ? { body: bytes, blob: null }
      : { body: null, blob: await blobs.put(home, oneOf(bytes), { maxBytes: maxAvatar }) }
  const row = { kind: avatarName, name: id, home_id: home, owner: null, until: null }
  await commitStep(store, {
    changes: [
      { kind: 'put', home, path: profilePath, id: avatarId, type, data: '{}', ...content },
      profileChange(home, (old) => ({ ...old, avatar: id })),
      { kind: 'row', table: 'name', put: row },
    ],
  })
  return id
}

export async function removeAvatar(store: Pick<Store, 'commit'>, { home }: Home): Promise<void> {
  await commitStep(store, {
    changes: [
      { kind: 'delete', home, path: profilePath, id: avatarId },
      profileChange(home, (old) => ({ ...old, avatar: null })),
    ],
  })
}

/** The picture with this id, for everybody; undefined when there is none, or its person may not be here now. */
export async function avatar(
  { store, blobs }: { store: Pick<Store, 'rows' | 'record'>; blobs: Pick<Blobs, 'get'> },
  id: string,
): Promise<Avatar | undefined> {
  const [name] = await store.rows('name', { kind: avatarName, name: id })
  if (!name) return undefined
  const home = Number(name['home_id'])
  const [account] = await store.rows('account', { home_id: home })
  if (account?.['state'] !== 'active') return undefined
  const { record } = await store.record(home, profilePath, avatarId)
  if (!record || record.deleted || record.type === null) return undefined
  const { type, body, blob } = record
  const open = async () => body ?? (blob === null ? undefined : (await blobs.get(home, blob))?.stream)
  // Of an empty object and the picture.
  return { type, open, size: record.size - record.data.length }
}

/** Changes the record of the profile, and lets go of the address of a picture that is hers no more. */
const profileChange = (home: number, next: (old: Profile) => Profile): Change => ({
  kind: 'compute',
  home,
  path: profilePath,
  id: profileId,
  compute(stored) {
    const old = profileOf(stored)
    const profile = next(old)
    const changes: Change[] = [
      { kind: 'put', home, path: profilePath, id: profileId, data: JSON.stringify(profile) },
    ]
    if (old.avatar !== null && old.avatar !== profile.avatar)
      changes.push({ kind: 'row', table: 'name', remove: { kind: avatarName, name: old.avatar } })
    return changes
  },
})

const signatures: readonly (readonly [type: string, at: number, bytes: readonly number[]])[] = [
  ['image/png', 0, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['image/jpeg', 0, [0xff, 0xd8, 0xff]],
  // RIFF, four bytes of length, WEBP.
  ['image/webp', 8, [0x57, 0x45, 0x42, 0x50]],
]

/** The type of a picture by its first bytes, whatever it is called. */
export function pictureType(bytes: Uint8Array): string | undefined {
  const found = signatures.find(([, at, signature]) => signature.every((byte, i) => bytes[at + i] === byte))
  const isRiff = Buffer.from(bytes.subarray(0, 4)).toString('latin1') === 'RIFF'
  return found && found[0] === 'image/webp' && !isRiff ? undefined : found?.[0]
}

async function* oneOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
