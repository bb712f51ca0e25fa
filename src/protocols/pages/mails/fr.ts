/** The mails in French. */
import { byOthers, type MailWords, type Told } from './words.ts'

const quoted = (text: string | undefined) => (text ? ` « ${text} »` : '')
const from = ({ agent, address }: Told) =>
  [agent ? ` avec ${agent}` : '', address ? ` depuis ${address}` : ''].join('')

const ways: Readonly<Record<string, string>> = {
  password: 'par mot de passe',
  passkey: 'avec une clé d’accès',
  words: 'avec les mots de secours',
  provider: 'par un autre compte',
  mail: 'par un lien reçu par courriel',
  device: 'comme appareil ajouté',
  setup: 'par le lien du premier démarrage',
  recovery: 'après une récupération',
}

const acts: Readonly<Record<string, (told: Told) => readonly [string, string]>> = {
  'signed-in': (told) => [
    'Nouvelle connexion',
    `Quelqu’un s’est connecté ${ways[told['method'] ?? ''] ?? ''}${from(told)}, dans un navigateur qui n’était pas connu.`,
  ],
  'password-changed': () => ['Mot de passe changé', 'Le mot de passe du compte a été défini ou changé.'],
  'password-removed': () => ['Mot de passe supprimé', 'Le mot de passe du compte a été supprimé.'],
  'direct-password-changed': () => [
    'Mot de passe des applications changé',
    'Le mot de passe avec lequel les applications se connectent a été changé.',
  ],
  'direct-password-removed': () => [
    'Mot de passe des applications supprimé',
    'Le mot de passe avec lequel les applications se connectent a été supprimé.',
  ],
  'words-changed': () => [
    'Mots de secours changés',
    'Le compte a de nouveaux mots de secours. Les anciens n’ouvrent plus rien.',
  ],
  'words-removed': () => ['Mots de secours supprimés', 'Les mots de secours du compte ont été supprimés.'],
  'passkey-added': ({ name }) => [
    'Clé d’accès ajoutée',
    `Une clé d’accès${quoted(name)} peut maintenant ouvrir le compte.`,
  ],
  'passkey-removed': ({ name }) => [
    'Clé d’accès supprimée',
    `La clé d’accès${quoted(name)} n’ouvre plus le compte.`,
  ],
  'passkey-copied': (told) => [
    'Une clé d’accès a peut-être été copiée',
    `La clé d’accès${quoted(told['name'])} a été utilisée${from(told)} comme le serait une copie. La connexion a été refusée. Si vous ne savez pas pourquoi, supprimez cette clé.`,
  ],
  'identity-added': ({ provider, label }) => [
    'Connexion par un autre compte ajoutée',
    `Le compte${quoted(label)} chez ${provider ?? 'un autre serveur'} peut maintenant ouvrir celui-ci.`,
  ],
  'identity-removed': ({ provider, label }) => [
    'Connexion par un autre compte supprimée',
    `Le compte${quoted(label)} chez ${provider ?? 'un autre serveur'} n’ouvre plus celui-ci.`,
  ],
  'address-verified': ({ address }) => [
    'Adresse électronique ajoutée',
    `L’adresse ${address ?? ''} appartient maintenant au compte : elle reçoit ces courriels et peut servir à récupérer le compte.`,
  ],
  'address-removed': ({ address }) => [
    'Adresse électronique supprimée',
    `L’adresse ${address ?? ''} n’appartient plus au compte.`,
  ],
  'mail-sign-in-on': () => [
    'Connexion par courriel activée',
    'On peut maintenant se connecter au compte par un lien reçu par courriel.',
  ],
  'mail-sign-in-off': () => [
    'Connexion par courriel désactivée',
    'On ne peut plus se connecter au compte par un lien reçu par courriel.',
  ],
  'device-added': ({ device, place }) => [
    'Appareil ajouté',
    `Un nouvel appareil${quoted(device)}${place ? `, près de ${place},` : ''} a été admis dans le compte.`,
  ],
  'app-password-added': ({ label }) => [
    'Application ajoutée',
    `Un mot de passe pour l’application ou l’appareil${quoted(label)} a été créé.`,
  ],
  'client-password-added': () => [
    'Mot de passe pour Sync créé',
    'Un mot de passe a été créé, avec lequel d’autres programmes que Firefox se connectent à Sync. Qui le détient lit et change ce que votre Firefox synchronise.',
  ],
  'token-added': ({ label }) => [
    'Jeton ajouté',
    `Un jeton pour des scripts${quoted(label)} a été créé. Qui le détient peut agir pour le compte dans la limite de ce qui lui a été permis.`,
  ],
  'browser-added': ({ label }) => [
    'Navigateur connecté',
    `Un navigateur${quoted(label)} a été connecté au compte, pour Sync et votre profil. Il est sur la page « Navigateurs », où vous pouvez le déconnecter.`,
  ],
  'app-added': ({ label, origin }) => [
    'Application ajoutée',
    `L’application${quoted(label)} de ${origin ?? ''} a désormais accès au compte.`,
  ],
  'keys-afresh': () => [
    'Chiffrement recommencé',
    'Les clés de ce qui est chiffré ont été abandonnées et remplacées. Ce qui était chiffré avant peut être ouvert pendant 30 jours avec les anciens mots de secours.',
  ],
  'recovery-stopped': () => [
    'Récupération arrêtée',
    'La récupération du compte a été arrêtée. Rien n’a été changé.',
  ],
  recovered: () => [
    'Compte récupéré',
    'Le compte a été récupéré : il a un nouveau moyen de connexion. Tous les autres ont pris fin, et tous les navigateurs, applications et appareils sont déconnectés.',
  ],
  renamed: ({ login }) => ['Compte renommé', `Le compte s’appelle maintenant${quoted(login)}.`],
  exported: () => ['Données téléchargées', 'Tout ce que le compte garde ici a été téléchargé.'],
  approved: () => ['Bienvenue', 'Le compte a été approuvé : vous pouvez vous connecter.'],
  suspended: () => [
    'Compte suspendu',
    'Un administrateur a suspendu le compte. Rien de ce qu’il contient n’a été supprimé.',
  ],
  resumed: () => ['Compte rouvert', 'Le compte n’est plus suspendu.'],
  leaving: ({ ends }) => [
    'Compte bientôt supprimé',
    `Le compte et tout ce qu’il contient seront supprimés le ${ends ?? 'jour prévu'}. D’ici là, connectez-vous pour le garder.`,
  ],
  kept: () => ['Compte gardé', 'Le compte ne sera pas supprimé.'],
}

const stopping = (stop: string) =>
  `Si ce n’est pas vous, arrêtez-la maintenant ; rien d’autre n’est nécessaire :\n${stop}`

export const fr: MailWords = {
  verify: ({ login, server }, link) => ({
    subject: `Est-ce votre adresse ? – ${server}`,
    text: [
      `Quelqu’un, sans doute vous, veut utiliser cette adresse pour le compte « ${login} » sur ${server}.`,
      `Si c’est bien cela, ouvrez ce lien dans la journée :\n${link}`,
      'Sinon, ne faites rien : l’adresse ne sera pas utilisée.',
    ],
  }),
  signIn: ({ login, server }, link) => ({
    subject: `Connexion à ${server}`,
    text: [
      `Ce lien vous connecte comme « ${login} », une fois, dans les 15 minutes :\n${link}`,
      'Si vous ne l’avez pas demandé, ne faites rien. Ne le donnez à personne : qui l’a peut se connecter.',
    ],
  }),
  recoveryAsked: ({ login, server }, link, hours) => ({
    subject: `Récupérer votre compte sur ${server} ?`,
    text: [
      `Quelqu’un, sans doute vous, ne peut plus se connecter au compte « ${login} » et demande à le récupérer.`,
      `Si c’est vous, commencez ici, dans la journée :\n${link}`,
      `Une récupération attend ${hours} heures avant de pouvoir être terminée, pour qu’on puisse l’arrêter si quelqu’un d’autre l’a demandée. Si vous pouvez encore vous connecter, ou n’avez rien demandé, ne faites rien.`,
    ],
  }),
  recoveryWaits: ({ login, server }, via, due, stop) => ({
    subject: `Votre compte est en cours de récupération – ${server}`,
    text: [
      {
        mail: `Une récupération du compte « ${login} » a été commencée par courriel.`,
        administrator: `Un administrateur a commencé une récupération du compte « ${login} ».`,
        operator: `L’opérateur du serveur a commencé une récupération du compte « ${login} ».`,
      }[via],
      `À partir du ${due}, elle pourra être terminée : le compte recevra alors un nouveau moyen de connexion, et tous les navigateurs, applications et appareils seront déconnectés.`,
      stopping(stop),
      via === 'mail'
        ? 'Si c’est vous, attendez : un autre courriel viendra alors.'
        : 'Si vous l’avez demandée, il n’y a rien à faire maintenant.',
    ],
  }),
  recoveryReady: ({ login, server }, finish, until, stop) => ({
    subject: `La récupération de votre compte peut être terminée – ${server}`,
    text: [
      `L’attente est finie : un nouveau moyen de connexion peut être donné au compte « ${login} » jusqu’au ${until}.`,
      ...(finish === null ? [] : [`Terminez ici :\n${finish}`]),
      stopping(stop),
    ],
  }),
  notice: ({ server }, act, told, at, log) => {
    const [subject, text] = acts[act]?.(told) ?? [
      'Compte modifié',
      'Quelque chose a été changé dans le compte : votre journal y dit quoi.',
    ]
    return {
      subject: `${subject} – ${server}`,
      text: [
        text,
        `Cela a été fait le ${at}.`,
        ...(byOthers.has(act)
          ? []
          : [
              `Si ce n’est pas vous, regardez ce qui a été fait et mettez fin à ce que vous ne connaissez pas :\n${log}`,
            ]),
      ],
    }
  },
  footer: ({ login, server, publicUrl }) =>
    `Ce courriel concerne le compte « ${login} » sur ${server} :\n${publicUrl}`,
}
