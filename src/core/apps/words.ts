/** What scopes are called that belong to no single door. Those of doors are in their citizens. */
import type { Language, Words } from '../ports.ts'

export interface ScopeWords {
  title: Words
  description: Words
}

/** The scopes of OpenID Connect Core 1.0, 5.4 and 11. */
export const standardScopes = {
  openid: {
    title: { en: 'Know you again', fr: 'Vous reconnaître' },
    description: {
      en: 'It gets a name for you that is for this app alone and says nothing about you.',
      fr: 'Elle reçoit pour vous un nom qui n’est que pour cette application et ne dit rien de vous.',
    },
  },
  profile: {
    title: { en: 'See your name and picture', fr: 'Voir votre nom et votre image' },
    description: {
      en: 'The name and the picture that you show to others here, and your login.',
      fr: 'Le nom et l’image que vous montrez ici aux autres, et votre identifiant.',
    },
  },
  email: {
    title: { en: 'See your e-mail address', fr: 'Voir votre adresse e-mail' },
    description: {
      en: 'The address that you have confirmed here.',
      fr: 'L’adresse que vous avez confirmée ici.',
    },
  },
  offline_access: {
    title: { en: 'Work while you are away', fr: 'Travailler en votre absence' },
    description: {
      en: 'It may go on using what you allow here when you do not have it open, until you take it back.',
      fr: 'Elle peut continuer à utiliser ce que vous autorisez ici sans être ouverte, jusqu’à ce que vous le repreniez.',
    },
  },
} as const satisfies Record<string, ScopeWords>

export type StandardScope = keyof typeof standardScopes

export const isStandard = (name: string): name is StandardScope => Object.hasOwn(standardScopes, name)

/** `module:r` and `module:rw`. */
export const moduleWords: Readonly<Record<'r' | 'rw', ScopeWords>> = {
  r: {
    title: { en: 'Read what is kept under “{target}”', fr: 'Lire ce qui est gardé sous « {target} »' },
    description: {
      en: 'It may read what your apps keep in the place with this name, and nothing else.',
      fr: 'Elle peut lire ce que vos applications gardent à l’endroit de ce nom, et rien d’autre.',
    },
  },
  rw: {
    title: {
      en: 'Read and change what is kept under “{target}”',
      fr: 'Lire et modifier ce qui est gardé sous « {target} »',
    },
    description: {
      en: 'It may add, change and delete in the place with this name, and nothing else; it may not share it.',
      fr: 'Elle peut ajouter, modifier et supprimer à l’endroit de ce nom, et rien d’autre ; elle ne peut le partager.',
    },
  },
}

const periods: Readonly<Record<Language, (days: number) => string>> = {
  en: (days) => (days === 1 ? 'for one day' : `for ${days} days`),
  fr: (days) => (days === 1 ? 'pendant un jour' : `pendant ${days} jours`),
}

/** How long, in words. */
export const periodWords = (days: number, language: Language): string => periods[language](days)

/** Puts a name into a sentence. */
export const filled = (text: string, target: string): string => text.replaceAll('{target}', () => target)
