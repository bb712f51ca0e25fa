/** Every scope that there is: what the doors declare, places of modules, the words of OpenID Connect, and bundles. */
import { ADMIN, type Bits, has, imply, KINTO_READ, WRITE } from '../permissions/index.ts'
import type { Citizen, DoorScope, Language, Words } from '../ports.ts'
import { maxScopes, pick, readScope, scopeError, type WrittenScope, writeScope } from './syntax.ts'
import {
  filled,
  isStandard,
  moduleWords,
  periodWords,
  type ScopeWords,
  type StandardScope,
  standardScopes,
} from './words.ts'

/** What the registry knows of a door. */
export type ScopeDoor = Pick<Citizen, 'name' | 'scopes' | 'targets' | 'modulePaths'>

/** Several scopes under one name. */
export interface Bundle extends ScopeWords {
  name: string
  /** As they are written; no bundle among them. */
  scopes: readonly string[]
}

/** A scope that is known; `text` is the one way to write it. */
export type KnownScope = { text: string } & (
  | { kind: 'standard'; name: StandardScope }
  | { kind: 'module'; module: string; verb: 'r' | 'rw'; days?: number }
  | {
      kind: 'door'
      door: ScopeDoor
      scope: DoorScope
      target?: string
      fields?: readonly string[]
      days?: number
    }
)

/** A scope in words, for the pages. */
export interface DescribedScope {
  scope: string
  title: string
  description: string
  /** Of doors and modules: the door, or `storage`; of OpenID Connect's: `person`. */
  about: string
  /** What has to be asked: which thing is meant. */
  question?: string
  fields?: { name: string; title: string }[]
  /** How long it is for, where it is for a while. */
  days?: number
  period?: string
}

export interface ScopeRegistry {
  doors: readonly ScopeDoor[]
  bundles: readonly Bundle[]
  /** The scopes that a text stands for: one, or those of a bundle. Throws `scope-malformed` and `scope-unknown`. */
  parse(text: string): KnownScope[]
  /** As `parse`, for a text that is no bundle. */
  one(text: string): KnownScope
  /** The scopes of several texts, at most 50, each once, in their order. */
  parseAll(texts: readonly string[]): KnownScope[]
  describe(scope: KnownScope, language: Language): DescribedScope
  /** The bits that it gives where it holds; 0 for what is about no path. */
  bitsOf(scope: KnownScope): Bits
  /** The doors that keep things of modules. */
  storage: readonly ScopeDoor[]
}

/** Words that no door and no module may be called: they mean, or may come to mean, something else. */
const reserved = new Set([
  ...Object.keys(standardScopes),
  'include',
  'module',
  pick,
  'public',
  'address',
  'phone',
])

const moduleName = /^[a-z0-9][a-z0-9_-]{0,39}$/
const moduleBits = { r: KINTO_READ, rw: WRITE } as const

/** Throws TypeError for doors and bundles that contradict each other: a mistake of the program. */
export function createRegistry(doors: readonly ScopeDoor[], bundles: readonly Bundle[] = []): ScopeRegistry {
  const byName = new Map(doors.map((door) => [door.name, door]))
  const aliases = new Map(
    doors.flatMap(({ name, scopes }) =>
      scopes.flatMap(({ verb, alias }) => (alias === undefined ? [] : [[alias, `${name}:${verb}`] as const])),
    ),
  )
  const storage = doors.filter(({ modulePaths }) => modulePaths !== undefined)

  function one(given: string): KnownScope {
    const text = aliases.get(given) ?? given
    const written = readScope(text)
    const { name, verb } = written
    const unknown = () => scopeError('scope-unknown', 'there is no such scope', text)
    if (verb === undefined) {
      if (!isStandard(name)) throw unknown()
      return { kind: 'standard', text: name, name }
    }
    const door = byName.get(name)
    if (door) return ofDoor(door, written, verb, text)
    if (reserved.has(name) || !moduleName.test(name) || storage.length === 0) throw unknown()
    if ((verb !== 'r' && verb !== 'rw') || written.target !== undefined || written.fields) throw unknown()
    return { kind: 'module', text: writeScope(written), module: name, verb, ...daysOf(written) }
  }

  function ofDoor(door: ScopeDoor, written: WrittenScope, verb: string, text: string): KnownScope {
    const unknown = (what: string) => scopeError('scope-unknown', what, text)
    const scope = door.scopes.find((each) => each.verb === verb)
    if (!scope) throw unknown('this door has no such scope')
    const { target, fields } = written
    if (target !== undefined && (!scope.one || !door.targets))
      throw unknown('this scope is for all of the door only')
    if (target !== undefined && target !== pick && !door.targets?.isTarget(target))
      throw unknown('nothing in this door is called so')
    if (fields && !fields.every((field) => scope.fields?.some(({ name }) => name === field)))
      throw unknown('this scope has no such field')
    return {
      kind: 'door',
      text: writeScope(written),
      door,
      scope,
      ...(target === undefined ? {} : { target }),
      ...(fields ? { fields } : {}),
      ...daysOf(written),
    }
  }

  function parse(text: string): KnownScope[] {
    if (aliases.has(text)) return [one(text)]
    const { name, verb, target } = readScope(text)
    if (name !== 'include') return [one(text)]
    const bundle = target === undefined ? bundles.find((each) => each.name === verb) : undefined
    if (!bundle || text !== `include:${bundle.name}`)
      throw scopeError('scope-unknown', 'there is no such bundle', text)
    return bundle.scopes.map(one)
  }

  const parseAll = (texts: readonly string[]) => {
    if (texts.length > maxScopes) throw scopeError('scope-malformed', 'there are too many scopes', '')
    const all = texts.flatMap(parse)
    return [...new Map(all.map((scope) => [scope.text, scope])).values()]
  }

  check(doors, bundles, one)
  return {
    doors,
    bundles,
    storage,
    parse,
    one,
    parseAll,
    describe,
    bitsOf: (scope) =>
      scope.kind === 'standard' ? 0 : scope.kind === 'module' ? moduleBits[scope.verb] : scope.scope.bits,
  }
}

const daysOf = ({ days }: WrittenScope) => (days === undefined ? {} : { days })

function describe(scope: KnownScope, language: Language): DescribedScope {
  const told = ({ title, description }: { title: Words; description: Words }, target = '') => ({
    title: filled(title[language], target),
    description: filled(description[language], target),
  })
  const { text } = scope
  if (scope.kind === 'standard') return { scope: text, about: 'person', ...told(standardScopes[scope.name]) }
  const { days } = scope
  const time = days === undefined ? {} : { days, period: periodWords(days, language) }
  if (scope.kind === 'module')
    return { scope: text, about: 'storage', ...told(moduleWords[scope.verb], scope.module), ...time }
  const { door, target, fields } = scope
  const words = target === undefined ? scope.scope : (scope.scope.one ?? scope.scope)
  const question = target === pick ? door.targets?.question[language] : undefined
  return {
    scope: text,
    about: door.name,
    ...told(words, target === undefined || target === pick ? '…' : door.targets?.titleOf(target, language)),
    ...(question === undefined ? {} : { question }),
    ...(fields === undefined
      ? {}
      : {
          fields: (scope.scope.fields ?? [])
            .filter(({ name }) => fields.includes(name))
            .map(({ name, title }) => ({ name, title: title[language] })),
        }),
    ...time,
  }
}

/** Whether all that one scope allows, another does as well, as far as their words tell. */
export function covers(registry: ScopeRegistry, wider: KnownScope, scope: KnownScope): boolean {
  if (wider.kind === 'standard' || scope.kind === 'standard') return wider.text === scope.text
  if (!has(imply(registry.bitsOf(wider)), imply(registry.bitsOf(scope)))) return false
  if (wider.kind === 'module' || scope.kind === 'module')
    return wider.kind === 'module' && scope.kind === 'module' && wider.module === scope.module
  const sameThing = wider.target === undefined || wider.target === scope.target
  const fields = wider.fields
  return (
    wider.door === scope.door &&
    sameThing &&
    (fields === undefined || (scope.fields ?? []).length > 0) &&
    (scope.fields ?? []).every((field) => fields?.includes(field) ?? true)
  )
}

/** Whether a scope opens so much that a person has to prove anew who she is: changing all of a door. */
export const isHigh = (registry: ScopeRegistry, scope: KnownScope): boolean =>
  scope.kind === 'door' &&
  scope.target === undefined &&
  (imply(registry.bitsOf(scope)) & (WRITE | ADMIN)) !== 0

function check(
  doors: readonly ScopeDoor[],
  bundles: readonly Bundle[],
  one: (text: string) => KnownScope,
): void {
  const names = doors.map(({ name }) => name)
  if (new Set(names).size !== names.length || names.some((name) => reserved.has(name)))
    throw new TypeError('a door has a name that is taken')
  for (const { name, scopes } of doors)
    if (new Set(scopes.map(({ verb }) => verb)).size !== scopes.length)
      throw new TypeError(`${name} has two scopes of one name`)
  for (const { name, scopes } of bundles)
    for (const text of scopes) if (one(text).text !== text) throw new TypeError(`${name} holds ${text}`)
}
