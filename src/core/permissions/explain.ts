/** Why somebody may or may not: the same walk as the check, told step by step. */
import { ancestors, isBelow } from '../../lib/paths.ts'
import type { Clock } from '../ports.ts'
import { ALL, bitNames, type Bits, has, imply, inherited, NONE } from './bits.ts'
import { isSelf } from './subject.ts'
import type { Explanation, ExtraEntries, Reason, RightsReads, Subject } from './types.ts'

interface From {
  reads: RightsReads
  clock: Clock
  extra: ExtraEntries | undefined
}

/** See `Permissions.explain`. RightsReads the store and nothing else, so it also tells what a memory got wrong. */
export async function explainRights(
  { reads, clock, extra }: From,
  subject: Subject,
  need: Bits,
  home: number,
  path: string,
  owner?: string | null,
): Promise<Explanation> {
  const now = clock.now()
  const reasons: Reason[] = []
  const row = await reads.home(home)
  const gone = row === undefined || row.state === 'ended'
  let user: Bits = NONE
  if (!gone && row.owner !== null && isSelf(subject, row.owner)) {
    user = ALL
    reasons.push({ because: 'owner-of-home' })
  }
  if (!gone && owner != null && isSelf(subject, owner)) {
    user = ALL
    reasons.push({ because: 'owner-of-record', path })
  }
  const way = [path, ...ancestors(path)]
  const { entries } = gone ? { entries: [] } : await reads.access(home, way)
  for (const at of way) {
    const cut = (bits: Bits) => (at === path ? bits : inherited(bits))
    for (const { path: where, principal, source, bits, expires } of entries) {
      if (where !== at || cut(bits) === NONE || !subject.principals.includes(principal)) continue
      if (expires !== null && expires <= now) continue
      user |= cut(bits)
      reasons.push({ because: 'entry', path: at, principal, source, bits: cut(bits), expires })
    }
    for (const { principal, bits } of gone ? [] : (extra?.(at) ?? [])) {
      if (cut(bits) === NONE || !subject.principals.includes(principal)) continue
      user |= cut(bits)
      reasons.push({ because: 'configuration', path: at, principal, bits: cut(bits) })
    }
  }
  const app = scopeReasons(subject, home, path, now, reasons)
  user = imply(user)
  const bits = user & app
  return { home, path, need, allowed: !gone && has(bits, need), user, app, bits, reasons }
}

function scopeReasons({ grant }: Subject, home: number, path: string, now: number, reasons: Reason[]): Bits {
  if (grant === undefined) {
    reasons.push({ because: 'first-party' })
    return ALL
  }
  let app: Bits = NONE
  for (const scope of grant.scopes) {
    const covers = scope.path === path || isBelow(path, scope.path)
    const bits = scope.path === path ? scope.bits : inherited(scope.bits)
    const { since = null, expires = null } = scope
    if (!covers || bits === NONE || scope.fields || (scope.home !== 0 && scope.home !== home)) continue
    if (expires !== null && expires <= now) continue
    app |= bits
    const { id, label } = grant
    reasons.push({ because: 'scope', path: scope.path, bits, since, expires, grant: id, label })
  }
  return imply(app)
}

/** Names for people, in an explanation's sentences. */
export interface Words {
  /** A principal: a login, a group's name. */
  who(principal: string): string
  /** A path. */
  what(path: string): string
}

/** An explanation in English, a sentence for the answer and one for each reason that counts for what was asked. */
export function sentences(explanation: Explanation, { who, what }: Words): string[] {
  const { need, path, allowed, user, app } = explanation
  const asked = bitNames(need).join(' and ')
  const until = (expires: number | null) =>
    expires === null ? '' : ` until ${new Date(expires).toISOString().slice(0, 16).replace('T', ' ')} UTC`
  const told = explanation.reasons.flatMap((reason) => {
    if ('bits' in reason && (imply(reason.bits) & need) === NONE) return []
    switch (reason.because) {
      case 'owner-of-home':
        return ['You own this home.']
      case 'owner-of-record':
        return [`You own ${what(reason.path)}.`]
      case 'entry':
        return [
          `${who(reason.principal)} may ${bitNames(reason.bits).join(', ')} ${what(reason.path)}${until(reason.expires)}.`,
        ]
      case 'configuration':
        return [
          `The server allows ${who(reason.principal)} to ${bitNames(reason.bits).join(', ')} ${what(reason.path)}.`,
        ]
      case 'scope':
        return [
          `You allowed ${reason.label} to ${bitNames(reason.bits).join(', ')} ${what(reason.path)}${until(reason.expires)}.`,
        ]
      case 'first-party':
        return []
    }
  })
  if (allowed) return [`You may ${asked} ${what(path)}.`, ...told]
  const missing = has(user, need)
    ? 'this app was not allowed to'
    : has(app, need)
      ? 'you may not'
      : 'neither you nor this app may'
  return [`No: ${missing} ${asked} ${what(path)}.`, ...told]
}
