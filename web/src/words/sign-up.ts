/** Words of making an account by oneself or by an invitation. */
import { spoken } from './language.ts'

const en = {
  title: 'Make an account',
  words: 'Your recovery words',
  invited: (inviter: string) => `${inviter} invites you to this server.`,
  roles: {
    person: '',
    inviter: 'You will be able to invite others.',
    administrator: 'You will help to run this server.',
    owner: '',
  },
  approval: 'An administrator of this server looks at every new account before it opens.',
  waitingTitle: 'Nearly there',
  waiting: 'Your account is made. It opens when an administrator of this server has approved it.',
  closedTitle: 'This server takes no new accounts',
  closed: 'The person who runs it has closed it to new people. Perhaps somebody here can tell you more.',
  invitationTitle: 'You need an invitation',
  invitation: 'New people come to this server by invitation. Ask somebody who is here for a link.',
  void: 'This invitation was used, taken back or is too old. Ask for a new one.',
  voidTitle: 'This invitation opens nothing',
  noToken: 'Open the whole link of the invitation, with what follows the #.',
  signIn: 'I have an account: sign in',
  signedInTitle: 'You have an account',
  signedIn: 'You are signed in here already. Sign out first to make another account.',
}

const fr: typeof en = {
  title: 'Créer un compte',
  words: 'Vos mots de secours',
  invited: (inviter: string) => `${inviter} vous invite sur ce serveur.`,
  roles: {
    person: '',
    inviter: 'Vous pourrez inviter d’autres personnes.',
    administrator: 'Vous aiderez à tenir ce serveur.',
    owner: '',
  },
  approval: 'Une personne qui administre ce serveur regarde chaque nouveau compte avant qu’il ne s’ouvre.',
  waitingTitle: 'Presque fini',
  waiting:
    'Votre compte est créé. Il s’ouvrira quand une personne qui administre ce serveur l’aura approuvé.',
  closedTitle: 'Ce serveur n’accepte pas de nouveaux comptes',
  closed:
    'La personne qui le tient l’a fermé aux nouveaux venus. Quelqu’un d’ici pourra peut-être vous en dire plus.',
  invitationTitle: 'Il vous faut une invitation',
  invitation: 'On arrive sur ce serveur par invitation. Demandez un lien à quelqu’un qui y est.',
  void: 'Cette invitation a servi, a été reprise ou n’est plus valable. Demandez-en une autre.',
  voidTitle: 'Cette invitation n’ouvre rien',
  noToken: 'Ouvrez le lien entier de l’invitation, avec ce qui suit le #.',
  signIn: 'J’ai un compte : me connecter',
  signedInTitle: 'Vous avez un compte',
  signedIn: 'Vous êtes déjà connecté ici. Déconnectez-vous d’abord pour créer un autre compte.',
}

export const signUpWords = spoken({ en, fr })
