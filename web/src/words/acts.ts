/** A sentence for each act that the server writes down, for a person's own log and for the server's. */
import { spoken } from './language.ts'
import { devicesWords } from './account/devices.ts'
import { logWords } from './account/log.ts'
import { peopleWords } from './admin/people.ts'
import { bytes, moment, number } from './language.ts'

/** Details of an entry, as texts. */
type Told = Readonly<Record<string, string>>
type Acts = Readonly<Record<string, (told: Told) => string>>

const quoted = (text: string | undefined) => (text ? ` “${text}”` : '')
const cité = (text: string | undefined) => (text ? ` « ${text} »` : '')

/** What is told to the person herself. */
const own = {
  en: {
    'signed-in': ({ method }) => `You signed in ${method}.`,
  } satisfies Acts as Acts,
  fr: {
    'signed-in': ({ method }) => `Vous vous êtes connecté ${method}.`,
  } satisfies Acts as Acts,
}

/** What is told to administrators, in which the person has a name. */
const server = {
  en: {
    'settings-changed': () => 'The settings of the server were changed.',
  } satisfies Acts as Acts,
  fr: {
    'settings-changed': () => 'Les réglages du serveur ont été changés.',
  } satisfies Acts as Acts,
}

const ownActs = spoken(own)
const serverActs = spoken(server)

/** Times, sizes, roles and ways in words; whatever else as it is. */
function told(details: Readonly<Record<string, unknown>>): Told {
  const { methods } = devicesWords().sessions
  const { roles } = peopleWords()
  const one = (name: string, value: unknown): string => {
    if (name === 'method') return methods[String(value)] ?? String(value)
    if (name === 'role' || name === 'from') return roles[String(value)] ?? String(value)
    if (typeof value !== 'number') return value == null ? '' : String(value)
    if (name === 'due' || name === 'ends' || name === 'until') return moment(value)
    return name === 'bytes' ? bytes(value) : number(value)
  }
  return Object.fromEntries(Object.entries(details).map(([name, value]) => [name, one(name, value)]))
}

/** The sentence of an act; `whom`: who reads it. */
export function actSentence(
  act: string,
  details: Readonly<Record<string, unknown>>,
  whom: 'person' | 'server',
): string {
  const [first, second] = whom === 'person' ? [ownActs(), serverActs()] : [serverActs(), ownActs()]
  const sentence = first[act] ?? second[act]
  return sentence ? sentence(told(details)) : logWords().unknown(act)
}
