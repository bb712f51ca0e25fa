/** Writes of one object: decided under a version of the home's rights, carried out in a transaction that has the same. */
import { accountPrincipal, ADMIN, type Bits, CREATE, has, READ, WRITE } from '../../core/permissions/index.ts'
import { type CommitRequest, type RecordRow, Refusal } from '../../core/ports.ts'
import {
  type Change,
  type Outcome,
  type Precondition,
  type Step,
  stepRequest,
  type View,
} from '../../core/records/index.ts'
import type { JsonObject } from '../../lib/json/index.ts'
import { accessPaths, givenLists, type Lists, shownLists } from './access.ts'
import type { Answer } from './answer.ts'
import type { Call, Door } from './call.ts'
import { forbidden, missing } from './errors.ts'
import { needsOf } from './effects.ts'
import { newHomeStep, parentSteps, relocate } from './beginnings.ts'
import { bucketKind } from './kinds.ts'
import { namesOf, principalsOf } from './names.ts'
import { parentOf, type Place } from './place.ts'
import { refusalError, Stop, type Verb } from './refusals.ts'
import { checkReserved } from './reservations.ts'
import { sessionScope } from './session-scope.ts'
import { attempts, configuredBits, hopeful, mayCreateBucket, rightsUnder, tooBusy } from './rights.ts'

/** What whoever makes a request may do to an object. */
export interface Permit {
  /** Rights at the object, those of its owner included; of an absent one those it would have. */
  bits: Bits
  /** The right to write comes from above, so that it holds whether the object is there or not. */
  inherits: boolean
  mayCreate: boolean
  /** Absent objects are told from those one may not see. */
  seesAbsence: boolean
}

/** What a plan did, for the answer. */
export interface Done {
  /** The object as it is afterwards. */
  record: RecordRow | undefined
  created: boolean
  /** Permission lists as they are afterwards, the owner among the writers. */
  lists: Lists
  /** The answer's data where it is not the whole object (PATCH). */
  partial: ((record: RecordRow) => JsonObject) | undefined
}

/** A plan's surroundings, inside the transaction. */
export interface Run {
  view: View
  stored: RecordRow | undefined
  permit: Permit
  done: Done
  /** The principal of a name that the intent has asked for. */
  principal(name: string): string
  /** Permission lists as clients write them, where the intent reads beforehand. */
  lists: ReadonlyMap<string, readonly string[]>
}

/** What a request wants to do to one object. */
export interface Intent {
  place: Place
  verb: Verb
  /** Permissions are given: an app that may write may not do that as well. */
  shares: boolean
  /** The object is looked at beforehand, because names in it are to be looked up. */
  looks: boolean
  /** Names whose principals the plan needs. */
  names(stored: RecordRow | undefined, lists: ReadonlyMap<string, readonly string[]>): Iterable<string>
  /** Throws unless the rights do; `exists` as far as it was looked at. */
  check(permit: Permit, exists: boolean): void
  /** What else is looked at beforehand, and must still hold in the transaction. */
  begin?(call: Call): Promise<Precondition[]>
  /** The changes; throws `Stop`. A pure function, which may be called again. */
  plan(run: Run): Change[]
  answer(done: Done, permit: Permit): Answer | Promise<Answer>
}

/** An intent that was permitted: ready to be committed, alone or with others. */
export interface Prepared {
  intent: Intent
  permit: Permit
  done: Done
  step: Step
  versions: NonNullable<CommitRequest<unknown>['permissions']>
}

/** What was looked at beforehand, and must still be so in the transaction. */
interface Looked {
  record: RecordRow | undefined
  lists: ReadonlyMap<string, readonly string[]>
}

/** Carries out an intent alone. */
export async function write(door: Door, call: Call, intent: Intent): Promise<Answer> {
  const { place } = intent
  let makeParents = false
  for (let attempt = 0; attempt < hopeful; attempt++) {
    const prepared = await prepare(door, call, intent, makeParents)
    try {
      const outcomes = await call.scope.commit(stepRequest(prepared.step, prepared.versions))
      return await finish(prepared, outcomes)
    } catch (error) {
      const next = afterRefusal(door, call, prepared, error)
      if (next === 'make-parents') makeParents = true
      if (place.kind === bucketKind) await relocate(call, place)
    }
  }
  if (call.scope.newHome || place.bucket.home === undefined) throw tooBusy(door.settings)
  const newHome = () => {
    throw tooBusy(door.settings)
  }
  return door.store.session([place.home], (session) =>
    write(door, { ...call, scope: sessionScope(door, session, newHome) }, intent),
  )
}

/** What to do when a commit was refused: try again, with parents perhaps; else throws the error for the client. */
export function afterRefusal(
  door: Door,
  call: Call,
  { intent }: Prepared,
  error: unknown,
): 'again' | 'make-parents' {
  if (!(error instanceof Refusal)) throw error
  if (error instanceof Stop) {
    if (error.error) throw error.error
    return 'again'
  }
  const { place } = intent
  if (
    error.code === 'stale-permissions' ||
    error.code === 'row-changed' ||
    error.code === 'row-exists' ||
    error.code === 'collection-changed'
  ) {
    call.scope.permissions.forget(place.home)
    return 'again'
  }
  if (error.code === 'collection-absent') {
    if (place.bucket.implicit) return 'make-parents'
    const parent = parentOf(place)
    throw missing(111, parent.resource, parent.id)
  }
  throw refusalError(door.settings, error)
}

/** Decides an intent and turns it into a step. Throws what the client is told where it is not permitted. */
export async function prepare(
  door: Door,
  call: Call,
  intent: Intent,
  makeParents: boolean,
): Promise<Prepared> {
  const { place } = intent
  const { permit, permSeq, looked } = await decide(door, call, intent)
  const wanted = intent.names(looked?.record, looked?.lists ?? new Map())
  const principals = await principalsOf(door.names, call.scope.directory, wanted)
  const done: Done = { record: undefined, created: false, lists: new Map(), partial: undefined }
  // A new bucket's place gets its home here.
  const before = makeParents ? parentSteps(door, call, place) : beginning(door, call, place)
  const { home, list, id } = place
  const main: Change = {
    kind: 'compute',
    home,
    path: list,
    id,
    compute(stored, view) {
      if (looked && !isAsLooked(intent, looked, stored)) throw new Stop()
      done.record = stored
      done.created = false
      return intent.plan({
        view,
        stored,
        permit,
        done,
        lists: looked?.lists ?? new Map(),
        principal(name) {
          const principal = principals.get(name)
          if (principal === undefined) throw new Stop()
          return principal
        },
      })
    },
  }
  const step: Step = {
    when: [...(before.when ?? []), ...((await intent.begin?.(call)) ?? [])],
    changes: [...before.changes, main],
    needs: [...(before.needs ?? []), ...needsOf(place, intent.verb)],
  }
  return { intent, permit, done, step, versions: permSeq === undefined ? [] : [{ home, permSeq }] }
}

/** What comes before the plan: the list must be there, or the bucket's home is made. */
function beginning(door: Door, call: Call, place: Place): Step {
  if (place.kind !== bucketKind)
    return { when: [{ is: 'collection-present', home: place.home, path: place.list }], changes: [] }
  return place.bucket.home === undefined ? newHomeStep(door, call, place) : { changes: [] }
}

/** Whether what was decided on still holds in the transaction. */
function isAsLooked(intent: Intent, { record }: Looked, stored: RecordRow | undefined): boolean {
  if ((stored === undefined) !== (record === undefined) || stored?.owner !== record?.owner) return false
  return !intent.looks || stored?.modified === record?.modified
}

/** The answer to a step that was carried out. */
export async function finish(prepared: Prepared, outcomes: readonly Outcome[]): Promise<Answer> {
  const record = recordIn(outcomes.at(-1))
  if (record) prepared.done.record = record
  return prepared.intent.answer(prepared.done, prepared.permit)
}

/** The object's own record among the outcomes of a plan: the one written last. */
function recordIn(outcome: Outcome | undefined): RecordRow | undefined {
  if (outcome?.kind === 'record') return outcome.record
  if (outcome?.kind !== 'several') return undefined
  return outcome.outcomes.map(recordIn).findLast((record) => record !== undefined)
}

interface Decided {
  permit: Permit
  /** Undefined for a home that is yet to be made. */
  permSeq: number | undefined
  looked: Looked | undefined
}

async function decide(door: Door, call: Call, intent: Intent): Promise<Decided> {
  const { place } = intent
  const { permissions, reads } = call.scope
  const { subject } = call.who
  if (place.bucket.home === undefined) return decideAbsent(door, call, intent)
  const above = await permissions.decide(subject, WRITE, place.home, place.list)
  if (above.permSeq >= 0 && has(above.bits, intent.shares ? WRITE | ADMIN : WRITE) && !intent.looks) {
    const permit = { bits: above.bits, inherits: true, mayCreate: true, seesAbsence: true }
    return { permit, permSeq: above.permSeq, looked: undefined }
  }
  for (let attempt = 0; attempt < attempts; attempt++) {
    const { home, collection, record: row } = await reads.record(place.home, place.list, place.id)
    if (home === undefined) return decideAbsent(door, call, intent)
    const record = row?.deleted ? undefined : row
    const listBits = await rightsUnder(call, home, place.list, null)
    const bits = await rightsUnder(call, home, place.path, record?.owner ?? null)
    if (listBits === undefined || bits === undefined) continue
    const permit: Permit = {
      bits,
      inherits: has(listBits, WRITE),
      mayCreate: place.kind === bucketKind ? await mayCreateBucket(door, call, WRITE) : has(listBits, CREATE),
      seesAbsence: has(listBits, READ),
    }
    const present = place.bucket.implicit || place.kind === bucketKind || collection?.cid != null
    if (!present) {
      if (!permit.seesAbsence) throw forbidden(call.who.name !== undefined)
      const parent = parentOf(place)
      throw missing(111, parent.resource, parent.id)
    }
    intent.check(permit, record !== undefined)
    if (intent.shares && !has(record ? bits : await bitsOfMaker(call, place), ADMIN))
      throw forbidden(call.who.name !== undefined)
    const paths = accessPaths(place.kind, place.path)
    const seen = intent.looks ? await reads.access(place.home, paths) : undefined
    if (seen && seen.permSeq !== home.permSeq) continue
    const lists = new Map<string, string[]>()
    const shown = shownLists(
      givenLists(place.kind, place.path, seen?.entries ?? [], call.now),
      record?.owner ?? null,
    )
    for (const [name, principals] of shown)
      lists.set(name, await namesOf(door.names, call.scope.directory, principals))
    return { permit, permSeq: home.permSeq, looked: { record, lists } }
  }
  throw tooBusy(door.settings)
}

/** Rights on an object for who has just made it: all that her app has; nobody owns what anonymous requests make. */
async function bitsOfMaker(call: Call, { home, path }: Place): Promise<Bits> {
  const { subject } = call.who
  if (subject.account === undefined) return ADMIN
  const owner = accountPrincipal(subject.account.id)
  return (await call.scope.permissions.rights(subject, home, path, owner)).bits
}

/** A bucket that is not there: it may be made, or its absence be seen by who may read all buckets. */
async function decideAbsent(door: Door, call: Call, intent: Intent): Promise<Decided> {
  const { place } = intent
  const bits = configuredBits(door, call, place.path)
  const need = intent.shares ? WRITE | ADMIN : WRITE
  const mayCreate = place.kind === bucketKind && (await mayCreateBucket(door, call, need))
  const permit = { bits, inherits: false, mayCreate, seesAbsence: has(bits, READ) }
  if (place.kind !== bucketKind) {
    if (!permit.seesAbsence) throw forbidden(call.who.name !== undefined)
    const parent = parentOf(place)
    throw missing(111, parent.resource, parent.id)
  }
  // A person's own home does not come back.
  if (place.bucket.implicit) throw forbidden(true)
  // Another home that has ended is none: the bucket gets a new one.
  place.bucket.home = undefined
  intent.check(permit, false)
  await checkReserved(call, place.bucket)
  return { permit, permSeq: undefined, looked: { record: undefined, lists: new Map() } }
}
