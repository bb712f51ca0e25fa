/** The sentence of an act that the server has written down, for a person's own log and for the server's. */
import { devicesWords } from '../account/devices.ts'
import { logWords } from '../account/log.ts'
import { peopleWords } from '../admin/people.ts'
import { bytes, moment, number, spoken } from '../language.ts'
import * as en from './en.ts'
import type { Told } from './en.ts'
import * as fr from './fr.ts'

const acts = spoken({ en, fr })

/** Times, sizes, roles and ways in words; whatever else as it is. */
function told(details: Readonly<Record<string, unknown>>): Told {
  const { methods } = devicesWords().sessions
  const { roles } = peopleWords()
  const one = (name: string, value: unknown): string => {
    if (name === 'method') return methods[String(value)] ?? String(value)
    if (name === 'role' || name === 'from') return roles[String(value)] ?? String(value)
    if (typeof value !== 'number') return value == null ? '' : String(value)
    if (name === 'due' || name === 'ends') return moment(value)
    return name === 'bytes' ? bytes(value) : number(value)
  }
  return Object.fromEntries(Object.entries(details).map(([name, value]) => [name, one(name, value)]))
}

/** `whom`: who reads it. An act without a sentence is shown by its word. */
export function actSentence(
  act: string,
  details: Readonly<Record<string, unknown>>,
  whom: 'own' | 'server',
): string {
  const sentence = acts()[whom][act] ?? acts().own[act]
  return sentence ? sentence(told(details)) : logWords().unknown(act)
}
