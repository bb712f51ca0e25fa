/** Words of the page of devices. */
import { spoken } from '../language.ts'

const en = {
  title: 'Devices',
  lead: 'Every browser that is signed in to your account, and every device that unlocks your encrypted data.',
  sessions: {
    title: 'Where you are signed in',
    hint: 'Is there one you don’t know? Sign it out, then change your password.',
    unknown: 'A browser',
    here: 'This browser',
    seen: (when: string) => `Last used ${when}`,
    since: (when: string) => `Signed in on ${when}`,
    from: (address: string) => `near the address ${address}`,
    fromNowhere: 'address not known',
    end: 'Sign out',
    endOne: (name: string) => `Sign out ${name}`,
    ended: (name: string) => `${name} is signed out.`,
    endOthers: 'Sign out everywhere else',
    endedOthers: 'Signed out everywhere but here.',
    endAll: 'Sign out everywhere',
    endAllAsk: 'This browser is signed out too. You will have to sign in again.',
    only: 'You are signed in nowhere else.',
    methods: {
      password: 'with the password',
      passkey: 'with a passkey',
      words: 'with the recovery words',
      provider: 'through another account',
      mail: 'by a link in a mail',
      device: 'as a device that was added',
      setup: 'at the first start',
      recovery: 'by recovery',
    } as Record<string, string>,
  },
  add: {
    title: 'Add a device',
    text: 'On the new device, choose “Use another device” on the sign-in page. It shows a code. Type the code here, or scan it.',
    act: 'Enter a code',
  },
  holders: {
    title: 'Devices that unlock your encrypted data',
    text: 'They do so without asking for a password. Remove one that you lost or gave away: your key is replaced, and that device can read nothing new.',
    none: 'No device does so by itself. Your password, a passkey or your recovery words do.',
    noKey: 'You have no key for encrypted data yet.',
    makeKey: 'Make one on the page “Security”',
    here: 'This device',
    since: (when: string) => `Since ${when}`,
    unnamed: 'A device',
    remove: 'Remove',
    removeOne: (name: string) => `Remove ${name}`,
    removeAsk: (name: string) =>
      `“${name}” no longer unlocks your encrypted data. Your other devices get the new key by themselves. What the removed one has read already, it may have kept.`,
    removeHere:
      'This device then asks for your password, a passkey or your words before it reads encrypted data.',
    removed: (name: string) => `${name} no longer unlocks your encrypted data.`,
    keep: 'Let this device unlock it too',
    keepText:
      'Then this browser reads your encrypted data without asking. Only do this on a device of your own.',
    kept: 'This device unlocks your encrypted data now.',
  },
}

const fr: typeof en = {
  title: 'Appareils',
  lead: 'Chaque navigateur connecté à votre compte, et chaque appareil qui déverrouille vos données chiffrées.',
  sessions: {
    title: 'Où vous êtes connecté',
    hint: 'Vous en voyez un que vous ne connaissez pas ? Déconnectez-le, puis changez votre mot de passe.',
    unknown: 'Un navigateur',
    here: 'Ce navigateur',
    seen: (when) => `Dernière utilisation : ${when}`,
    since: (when) => `Connecté le ${when}`,
    from: (address) => `près de l’adresse ${address}`,
    fromNowhere: 'adresse inconnue',
    end: 'Déconnecter',
    endOne: (name) => `Déconnecter ${name}`,
    ended: (name) => `${name} est déconnecté.`,
    endOthers: 'Déconnecter partout ailleurs',
    endedOthers: 'Tout est déconnecté, sauf ici.',
    endAll: 'Déconnecter partout',
    endAllAsk: 'Ce navigateur est déconnecté aussi. Il faudra vous reconnecter.',
    only: 'Vous n’êtes connecté nulle part ailleurs.',
    methods: {
      password: 'par mot de passe',
      passkey: 'par clé d’accès',
      words: 'par mots de secours',
      provider: 'par un autre compte',
      mail: 'par un lien reçu par courriel',
      device: 'comme appareil ajouté',
      setup: 'au premier démarrage',
      recovery: 'par récupération',
    },
  },
  add: {
    title: 'Ajouter un appareil',
    text: 'Sur le nouvel appareil, choisissez « Passer par un autre appareil » à la page de connexion. Il affiche un code. Saisissez-le ici, ou scannez-le.',
    act: 'Saisir un code',
  },
  holders: {
    title: 'Appareils qui déverrouillent vos données chiffrées',
    text: 'Ils le font sans demander de mot de passe. Retirez celui que vous avez perdu ou donné : votre clé est remplacée, et cet appareil ne lit plus rien de nouveau.',
    none: 'Aucun appareil ne le fait de lui-même. Votre mot de passe, une clé d’accès ou vos mots de secours le font.',
    noKey: 'Vous n’avez pas encore de clé pour des données chiffrées.',
    makeKey: 'En créer une sur la page « Sécurité »',
    here: 'Cet appareil',
    since: (when) => `Depuis le ${when}`,
    unnamed: 'Un appareil',
    remove: 'Retirer',
    removeOne: (name) => `Retirer ${name}`,
    removeAsk: (name) =>
      `« ${name} » ne déverrouillera plus vos données chiffrées. Vos autres appareils reçoivent la nouvelle clé d’eux-mêmes. Ce que l’appareil retiré a déjà lu, il a pu le garder.`,
    removeHere:
      'Cet appareil demandera ensuite votre mot de passe, une clé d’accès ou vos mots avant de lire des données chiffrées.',
    removed: (name) => `${name} ne déverrouille plus vos données chiffrées.`,
    keep: 'Laisser cet appareil les déverrouiller aussi',
    keepText:
      'Ce navigateur lira alors vos données chiffrées sans rien demander. À faire seulement sur un appareil à vous.',
    kept: 'Cet appareil déverrouille maintenant vos données chiffrées.',
  },
}

export const devicesWords = spoken({ en, fr })
