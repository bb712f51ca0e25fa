/** Carries out on the model what a store was asked for, and compares what it answered. */
import assert from 'node:assert/strict'
import { Refusal } from '../../../core/ports.ts'
import type { RecordRow } from '../../../core/ports.ts'
import type { Outcome, Step, StepResult } from '../../../core/records/index.ts'
import { Broken, type Concrete } from './concrete.ts'
import { findAll, runStep } from './model.ts'
import type { RecordModel, World } from './world.ts'
import { type Expected, type Found, hex, Refused } from './writes.ts'

/** How exact the answers are about payers: what others write at the same time may be seen or not. */
export type Payers = 'exact' | 'as answered'

/**
 * Applies a request to the world and checks its answer; the world is as before where it was refused.
 * Says whether anything of it was accepted.
 */
export function settle(
  world: World,
  asked: Concrete,
  answer: PromiseSettledResult<Outcome[] | StepResult[]>,
  payers: Payers,
): boolean {
  const copy = structuredClone(world)
  try {
    return run(world, asked, answer, payers)
  } catch (error) {
    if (!(error instanceof Refused) && !(error instanceof Broken)) throw error
    Object.assign(world, copy)
    const reason: unknown = answer.status === 'rejected' ? answer.reason : 'accepted'
    if (error instanceof Broken) assert.ok(reason instanceof Broken, `should have failed, but: ${reason}`)
    else assert.equal(codeOf(reason), error.code, `should have been refused: ${error.code}, but: ${reason}`)
    return false
  }
}

const codeOf = (reason: unknown) => (reason instanceof Refusal ? reason.code : String(reason))

function run(
  world: World,
  { steps, permissions, alone }: Concrete,
  answer: PromiseSettledResult<Outcome[] | StepResult[]>,
  payers: Payers,
): boolean {
  const found = findAll(world, steps)
  for (const { home: id, permSeq } of permissions) {
    const home = world.homes.get(id)
    if (!home || home.state === 'ended') throw new Refused('home-absent')
    if (home.permSeq !== permSeq) throw new Refused('stale-permissions')
  }
  let accepted = false
  steps.forEach((step, at) => {
    const result = resultOf(answer, alone, at)
    const copy = structuredClone(world)
    try {
      const code = !result || result.ok ? undefined : codeOf(result.refusal)
      const expected = expectedOf(world, step, found, payers, code)
      if (result === undefined) return
      assert.equal(code, undefined, `step ${at} should have been accepted`)
      if (result.ok) same(result.outcomes, expected)
      accepted = true
    } catch (error) {
      if (alone || !(error instanceof Refused)) throw error
      Object.assign(world, copy)
      if (result === undefined) return
      assert.ok(!result.ok, `step ${at} should have been refused: ${error.code}`)
      assert.equal(codeOf(result.refusal), error.code)
      assert.equal(result.refusal.step, at)
    }
  })
  assert.equal(answer.status, 'fulfilled', `should have been accepted`)
  return accepted
}

/** What the model does, or what was answered where that may depend on what a payer is charged for. */
function expectedOf(
  world: World,
  step: Step,
  found: Found,
  payers: Payers,
  code: string | undefined,
): Expected[] {
  const follows = payers === 'as answered' && (code === 'quota-bytes' || code === 'quota-spaces')
  try {
    const expected = runStep(world, step, found, payers === 'exact')
    if (!follows) return expected
  } catch (error) {
    if (!follows || !(error instanceof Refused) || !error.code.startsWith('quota-')) throw error
  }
  throw new Refused(code)
}

/** What a step was answered; undefined where the request failed as a whole. */
function resultOf(
  answer: PromiseSettledResult<Outcome[] | StepResult[]>,
  alone: boolean,
  at: number,
): StepResult | undefined {
  if (answer.status === 'fulfilled')
    return alone ? { ok: true, outcomes: answer.value as Outcome[] } : (answer.value[at] as StepResult)
  return alone ? { ok: false, refusal: answer.reason as Refusal } : undefined
}

/** Compares outcomes, and takes the sequence numbers over into the model. */
function same(actual: readonly Outcome[], expected: readonly Expected[]): void {
  assert.equal(actual.length, expected.length)
  for (const [at, want] of expected.entries()) {
    const got = actual[at]!
    assert.equal(got.kind, want.kind)
    if (want.kind === 'record' && got.kind === 'record') {
      sameRecord(got.before, want.before)
      adopt(got.record, want.record)
    } else if (want.kind === 'same' && got.kind === 'same') sameRecord(got.record, want.record)
    else if (want.kind === 'records' && got.kind === 'records') {
      assert.equal(got.more, want.more)
      assert.equal(got.records.length, want.records.length)
      for (const [i, record] of want.records.entries()) {
        if (record.deleted) adopt(got.records[i]!, record)
        else sameRecord({ ...got.records[i]!, body: null }, { ...record, body: null })
      }
    } else if (want.kind === 'several' && got.kind === 'several') same(got.outcomes, want.outcomes)
    else if (want.kind === 'queued' && got.kind === 'queued') want.item.ord = got.ord
    else assert.deepEqual(got, want)
  }
}

function adopt(actual: RecordRow, record: RecordModel): void {
  assert.equal(record.seq, 0, 'a record is written once by a change')
  record.seq = actual.seq
  sameRecord(actual, record)
}

export function sameRecord(actual: RecordRow | undefined, record: RecordModel | undefined): void {
  assert.deepEqual(actual && modelOf(actual), record && { ...record })
}

export function modelOf({ home: _home, cid: _cid, body, ...row }: RecordRow): RecordModel {
  return { ...row, body: hex(body) }
}
