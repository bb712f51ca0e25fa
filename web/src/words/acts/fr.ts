/** Ce qui s’est passé, en une phrase : à la personne même, et aux administrateurs, pour qui elle a un nom. */
import type { Acts, Told } from './en.ts'

const named = (text: string | undefined) => (text ? ` « ${text} »` : '')
const byWhat: Readonly<Record<string, string>> = {
  invitation: ' avec une invitation',
  setup: ' avec le lien du premier démarrage',
}

/** With whom something was shared, in the middle of a sentence. */
const sharedWith = ({ kind, who }: Told): string => {
  if (kind === 'everyone') return 'tout le monde'
  if (kind === 'authenticated') return 'toute personne connectée'
  if (kind === 'group') return `le groupe${named(who)}`
  return who || (kind === 'sender' ? 'un service' : 'quelqu’un')
}

export const own: Acts = {
  'signed-in': ({ method = '' }) => `Vous vous êtes connecté ${method}.`,
  'session-ended': ({ agent }) => `Vous avez déconnecté${agent ? ` ${agent}` : ' une session'}.`,
  'sessions-ended': ({ count }) =>
    count === '1' ? 'Vous avez déconnecté une session.' : `Vous avez déconnecté ${count} sessions.`,
  'app-key-reused': ({ label }) =>
    `Quelqu’un a réutilisé ce que l’application${named(label)} avait déjà utilisé. Elle doit se reconnecter ; reprenez-lui l’accès si vous ne savez pas pourquoi.`,
  'account-made': ({ by = '' }) => `Votre compte a été créé${byWhat[by] ?? ''}.`,
  'password-changed': () => 'Votre mot de passe a été choisi ou changé.',
  'password-removed': () => 'Votre mot de passe a été retiré.',
  'direct-password-changed': () => 'Le mot de passe pour les applications Kinto a été choisi ou changé.',
  'direct-password-removed': () => 'Le mot de passe pour les applications Kinto a été supprimé.',
  'words-changed': () => 'Vous avez créé de nouveaux mots de secours.',
  'words-removed': () => 'Vos mots de secours ont été retirés.',
  'passkey-added': ({ name }) => `La clé d’accès${named(name)} a été ajoutée.`,
  'passkey-removed': ({ name }) => `La clé d’accès${named(name)} a été retirée.`,
  'passkey-copied': ({ name }) =>
    `La clé d’accès${named(name)} a été utilisée comme le serait une copie. La connexion a été refusée ; retirez-la si vous ne savez pas pourquoi.`,
  'identity-added': ({ provider = '', label }) => `Votre compte${named(label)} chez ${provider} a été lié.`,
  'identity-removed': ({ provider = '', label }) =>
    `Votre compte${named(label)} chez ${provider} n’est plus lié.`,
  'address-added': ({ address = '' }) => `L’adresse ${address} a été ajoutée, à confirmer.`,
  'address-verified': ({ address = '' }) => `L’adresse ${address} a été confirmée.`,
  'address-removed': ({ address = '' }) => `L’adresse ${address} a été retirée.`,
  'mail-sign-in-on': () => 'La connexion par un lien reçu par courriel a été permise.',
  'mail-sign-in-off': () => 'La connexion par un lien reçu par courriel a été arrêtée.',
  'device-added': ({ device }) => `L’appareil${named(device)} a été ajouté.`,
  'device-refused': ({ device }) => `L’appareil${named(device)} a été refusé.`,
  'app-password-added': ({ label }) => `Un mot de passe d’application${named(label)} a été créé.`,
  'app-password-suspended': ({ label }) => `Le mot de passe d’application${named(label)} a été mis en pause.`,
  'app-password-resumed': ({ label }) => `Le mot de passe d’application${named(label)} marche de nouveau.`,
  'app-password-removed': ({ label }) => `Le mot de passe d’application${named(label)} a été repris.`,
  'client-password-added': () => 'Un mot de passe pour Sync dans d’autres programmes a été créé.',
  'client-password-removed': () => 'Le mot de passe pour Sync dans d’autres programmes a été désactivé.',
  'app-added': ({ label, origin = '' }) =>
    `Vous avez laissé entrer l’application${named(label)} de ${origin}.`,
  'app-widened': ({ label }) => `Vous avez autorisé davantage à l’application${named(label)}.`,
  'app-narrowed': ({ label }) => `Vous avez repris quelque chose à l’application${named(label)}.`,
  'app-suspended': ({ label }) => `L’application${named(label)} a été mise en pause.`,
  'app-resumed': ({ label }) => `L’application${named(label)} continue.`,
  'app-removed': ({ label }) => `L’application${named(label)} n’a plus accès.`,
  'browser-added': ({ label, again }) =>
    again === undefined
      ? `Vous avez connecté le navigateur${named(label)} à Sync.`
      : `Le navigateur${named(label)} s’est reconnecté à Sync.`,
  'browser-narrowed': ({ label }) => `Vous avez repris quelque chose au navigateur${named(label)}.`,
  'browser-suspended': ({ label }) => `Le navigateur${named(label)} a été mis en pause.`,
  'browser-resumed': ({ label }) => `Le navigateur${named(label)} continue.`,
  'browser-removed': ({ label }) => `Le navigateur${named(label)} a été déconnecté de Sync.`,
  'sharing-taken-back': (told) =>
    told['count'] === '1'
      ? `Vous ne partagez plus${named(told['label']) || ' quelque chose'} avec ${sharedWith(told)}.`
      : `Vous ne partagez plus ${told['count']} choses avec ${sharedWith(told)}.`,
  'token-added': ({ label }) => `Une clé pour un script${named(label)} a été créée.`,
  'token-narrowed': ({ label }) => `Vous avez repris quelque chose à la clé de script${named(label)}.`,
  'token-suspended': ({ label }) => `La clé de script${named(label)} a été mise en pause.`,
  'token-resumed': ({ label }) => `La clé de script${named(label)} marche de nouveau.`,
  'token-removed': ({ label }) => `La clé de script${named(label)} a été reprise.`,
  'keys-changed': ({ added = '0', removed = '0', label }) =>
    removed !== '0'
      ? `Quelque chose ne déverrouille plus vos données chiffrées${named(label)}. Votre clé a été remplacée.`
      : added !== '0'
        ? `Quelque chose de nouveau déverrouille vos données chiffrées${named(label)}.`
        : 'La clé de vos données chiffrées a été remplacée.',
  'keys-afresh': () =>
    'Vous êtes reparti à neuf avec une nouvelle clé. Ce qui était chiffré avant est scellé 30 jours.',
  'recovery-begun': ({ via, due = '' }) =>
    via === 'administrator'
      ? `Un administrateur a créé un lien qui ouvre votre compte à partir du ${due}, sauf arrêt.`
      : `Quelqu’un a demandé par courriel un nouveau moyen d’entrer dans votre compte. Il ouvre le ${due}, sauf arrêt.`,
  'recovery-ready': () =>
    'Le nouveau moyen d’entrer dans votre compte qui a été demandé est maintenant ouvert.',
  'recovery-stopped': () => 'Le nouveau moyen d’entrer dans votre compte qui a été demandé a été arrêté.',
  recovered: () =>
    'Votre compte a été récupéré : il a un nouveau moyen d’entrer, et tous les autres ont pris fin.',
  renamed: ({ login = '' }) => `Votre nom ici est devenu ${login}.`,
  exported: () => 'Toutes vos données ont été téléchargées.',
  approved: () => 'Votre compte a été accepté.',
  suspended: () => 'Votre compte a été suspendu.',
  resumed: () => 'La suspension de votre compte a pris fin.',
  leaving: ({ ends = '' }) => `Votre compte doit être supprimé le ${ends}.`,
  kept: () => 'Votre compte doit rester.',
  'role-given': ({ role = '' }) => `Votre rôle a été changé : ${role}.`,
  'quota-set': ({ bytes }) =>
    bytes
      ? `La place pour vos données est maintenant de ${bytes}.`
      : 'La place pour vos données est maintenant sans limite.',
  'invitation-made': ({ label }) => `Vous avez créé une invitation${named(label)}.`,
  'invitation-ended': ({ label }) => `Vous avez repris l’invitation${named(label)}.`,
  'mail-given-up': () => 'Un courriel pour vous n’a pas pu être remis.',
}

export const server: Acts = {
  'account-made': ({ login = '', by = '', inviter }) =>
    `Le compte ${login} a été créé${byWhat[by] ?? ''}${inviter ? ` de ${inviter}` : ''}.`,
  approved: ({ login = '' }) => `${login} a été accepté.`,
  refused: () => 'Quelqu’un qui demandait un compte a été refusé.',
  suspended: ({ login = '' }) => `${login} a été suspendu.`,
  resumed: ({ login = '' }) => `La suspension de ${login} a pris fin.`,
  leaving: ({ login = '', ends = '' }) => `Le compte ${login} doit être supprimé le ${ends}.`,
  kept: ({ login = '' }) => `Le compte ${login} doit rester.`,
  'role-given': ({ login = '', role = '', from = '' }) =>
    `Le rôle de ${login} a été changé : ${from} → ${role}.`,
  'quota-set': ({ login = '', bytes }) =>
    bytes
      ? `La place de ${login} est maintenant de ${bytes}.`
      : `La place de ${login} est maintenant sans limite.`,
  'recovery-begun': ({ login = '', due = '' }) =>
    `Un lien a été créé qui laisse revenir ${login} à partir du ${due}.`,
  'recovery-stopped': ({ login = '' }) => `Le lien qui devait laisser revenir ${login} a été arrêté.`,
  'invitation-made': ({ label }) => `Une invitation${named(label)} a été créée.`,
  'invitation-ended': ({ label }) => `L’invitation${named(label)} a été reprise.`,
  'settings-changed': () => 'Les réglages ont été changés.',
  'provider-set': ({ id = '' }) => `La connexion par ${id} a été réglée ou changée.`,
  'provider-removed': ({ id = '' }) => `La connexion par ${id} a été retirée.`,
  'mail-given-up': () => 'Un courriel n’a pas pu être remis.',
}
