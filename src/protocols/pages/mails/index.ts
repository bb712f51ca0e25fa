/** The words of all mails, in the language of whom they are for. */
import type { Letter, LetterWords } from '../../../core/accounts/index.ts'
import type { JsonObject } from '../../../lib/json/index.ts'
import type { Language } from '../language.ts'
import { en } from './en.ts'
import { fr } from './fr.ts'
import type { About, MailWords, Said, Told } from './words.ts'

const languages: Readonly<Record<Language, MailWords>> = { en, fr }

/** Links lead to our pages; the token stands in the fragment, which no server sees. */
export function createLetterWords(publicUrl: string): LetterWords {
  return (letter, { login, serverName, language }) => {
    const words = languages[language]
    const about = { login, server: serverName, publicUrl }
    const { subject, text } = said(words, about, letter, language)
    return { subject, text: [...text, `—\n${words.footer(about)}`].join('\n\n') }
  }
}

/** The link that a letter carries, for whoever hands one over by hand as well. */
export const recoveryLink = (publicUrl: string, token: string): string => `${publicUrl}/recovery#${token}`

function said(words: MailWords, about: About, letter: Letter, language: Language): Said {
  const { publicUrl } = about
  const link = (kind: string, token: string) => `${publicUrl}/mail#${kind}=${token}`
  const day = (time: number) => moment(time, language)
  switch (letter.kind) {
    case 'verify':
      return words.verify(about, link('verify', letter.token))
    case 'sign-in':
      return words.signIn(about, link('sign-in', letter.token))
    case 'recovery-asked':
      return words.recoveryAsked(about, recoveryLink(publicUrl, letter.token), letter.hours)
    case 'recovery-waits':
      return words.recoveryWaits(about, letter.via, day(letter.due), link('stop', letter.stop))
    case 'recovery-ready': {
      const finish = letter.finish === null ? null : link('finish', letter.finish)
      return words.recoveryReady(about, finish, day(letter.until), link('stop', letter.stop))
    }
    case 'notice': {
      const told = toldOf(letter.details, day)
      return words.notice(about, letter.act, told, day(letter.at), `${publicUrl}/account/security`)
    }
  }
}

/** Longest text of a detail: names and labels are people's own words. */
const maxDetail = 120

function toldOf(details: JsonObject, day: (time: number) => string): Told {
  const told = Object.entries(details).map(([name, value]): [string, string] => {
    if (name === 'ends' && typeof value === 'number') return [name, day(value)]
    // No line of it may look like a link of ours.
    return [
      name,
      String(value ?? '')
        .replaceAll(/\s+/g, ' ')
        .slice(0, maxDetail),
    ]
  })
  return Object.fromEntries(told)
}

/** A moment that means the same everywhere: nobody here knows her time zone. */
const moment = (time: number, language: Language): string =>
  new Intl.DateTimeFormat(language === 'fr' ? 'fr-FR' : 'en-GB', {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'UTC',
  }).format(time) + ' UTC'
