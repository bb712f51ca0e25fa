/** Words of what is shared with people and by links. */
import { number, spoken } from '../language.ts'

const en = {
  title: 'People and links',
  lead: 'Everything of yours that somebody else can reach, here and in the spaces that are yours.',
  none: 'Nothing of yours is shared with anybody.',
  everyone: 'Everybody, by its address',
  authenticated: 'Everybody who is signed in here',
  person: (name: string) => name || 'Somebody who is no more',
  group: (name: string) => `The group “${name}”`,
  sender: (name: string) => `A service that sends you messages (${name})`,
  place: (thing: string, space: string) => `${thing}, in ${space}`,
  ownPlace: (thing: string) => `${thing}, in your own space`,
  administer: 'May read and change it, and decide who else may.',
  change: 'May read and change it.',
  read: 'May read it.',
  create: 'May add something.',
  send: 'May send messages.',
  presence: 'May see whether you are there.',
  until: (when: string) => `Until ${when}.`,
  forGood: 'Until it is taken back.',
  given: 'It was shared on purpose, by you or by somebody who may decide about it.',
  made: 'It was made there by this person.',
  remove: 'Take back',
  removeOne: (thing: string, whom: string) => `Take back: ${thing} (${whom})`,
  removeTitle: (thing: string) => `No longer share: ${thing}?`,
  removeAsk: (whom: string) =>
    `${whom}: nothing more can be read or changed there, from this moment, unless it is shared in another way as well. What was stored there stays.`,
  removed: (thing: string) => `No longer shared: ${thing}`,
  removeAll: 'Take back everything',
  removeAllOf: (whom: string) => `Take back everything: ${whom}`,
  allTitle: (whom: string) => `Share nothing more with: ${whom}?`,
  allAsk:
    'All that is listed here under this name ends at this moment, and what is not shown yet as well. What was stored there stays.',
  allRemoved: (count: number) =>
    count === 1 ? 'One thing is no longer shared.' : `${number(count)} things are no longer shared.`,
  more: 'Show more that is shared',
}

const fr: typeof en = {
  title: 'Personnes et liens',
  lead: 'Tout ce qui est à vous et que quelqu’un d’autre peut atteindre, ici et dans les espaces qui sont les vôtres.',
  none: 'Rien de ce qui est à vous n’est partagé.',
  everyone: 'Tout le monde, par son adresse',
  authenticated: 'Toute personne connectée ici',
  person: (name) => name || 'Quelqu’un qui n’est plus là',
  group: (name) => `Le groupe « ${name} »`,
  sender: (name) => `Un service qui vous envoie des messages (${name})`,
  place: (thing, space) => `${thing}, dans ${space}`,
  ownPlace: (thing) => `${thing}, dans votre propre espace`,
  administer: 'Peut lire et modifier, et décider qui d’autre le peut.',
  change: 'Peut lire et modifier.',
  read: 'Peut lire.',
  create: 'Peut ajouter quelque chose.',
  send: 'Peut envoyer des messages.',
  presence: 'Peut voir si vous êtes là.',
  until: (when) => `Jusqu’au ${when}.`,
  forGood: 'Jusqu’à ce que ce soit repris.',
  given: 'C’est un partage voulu, par vous ou par quelqu’un qui peut en décider.',
  made: 'C’est cette personne qui l’a créé là.',
  remove: 'Reprendre',
  removeOne: (thing, whom) => `Reprendre : ${thing} (${whom})`,
  removeTitle: (thing) => `Ne plus partager : ${thing} ?`,
  removeAsk: (whom) =>
    `${whom} : plus rien ne peut y être lu ni modifié dès cet instant, sauf si c’est partagé aussi d’une autre façon. Ce qui y est enregistré reste.`,
  removed: (thing) => `N’est plus partagé : ${thing}`,
  removeAll: 'Tout reprendre',
  removeAllOf: (whom) => `Tout reprendre : ${whom}`,
  allTitle: (whom) => `Ne plus rien partager : ${whom} ?`,
  allAsk:
    'Tout ce qui figure ici sous ce nom cesse à cet instant, ainsi que ce qui n’est pas encore montré. Ce qui y est enregistré reste.',
  allRemoved: (count) =>
    count === 1 ? 'Une chose n’est plus partagée.' : `${number(count)} choses ne sont plus partagées.`,
  more: 'Montrer la suite de ce qui est partagé',
}

export const sharedWords = spoken({ en, fr })
