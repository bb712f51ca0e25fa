/** The words of the first-run page, in each language it speaks. */

export interface SetupWords {
  title: string
  intro: string
  login: string
  loginHint: string
  password: string
  passwordHint: string
  button: string
  noScript: string
  doneTitle: string
  done: string
  /** What is said of each `reason`; the keys are `data-` attributes of the form. */
  reasons: {
    noToken: string
    token: string
    login: string
    taken: string
    weak: string
    busy: string
    owner: string
    failed: string
  }
}

export const setupWords: Readonly<Record<'en' | 'fr', SetupWords>> = {
  en: {
    title: 'Welcome to Essaim',
    intro: 'Make the account of the person who runs this server.',
    login: 'Name',
    loginHint: 'Small letters, digits, dots and dashes; you sign in with it.',
    password: 'Password',
    passwordHint: 'At least 8 characters. Several words make a good one.',
    button: 'Make the account',
    noScript: 'This page needs JavaScript to read the key in its address.',
    doneTitle: 'The account is made',
    done: 'Apps that speak Kinto can now sign in with it. You can close this page.',
    reasons: {
      noToken: 'Open the whole link that the server printed when it started, with what follows the #.',
      token:
        'This link was used or is too old. Start the server again, or run “essaim setup-link”, for a new one.',
      login: 'This name cannot be used. Take small letters, digits, dots and dashes.',
      taken: 'This name is reserved or taken. Please choose another.',
      weak: 'This password is too short or too well known. Please choose another.',
      busy: 'The server is busy. Please try again in a moment.',
      owner: 'This server has its owner already.',
      failed: 'That did not work. Is the server still running?',
    },
  },
  fr: {
    title: 'Bienvenue dans Essaim',
    intro: 'Créez le compte de la personne qui tient ce serveur.',
    login: 'Nom',
    loginHint: 'Minuscules, chiffres, points et tirets ; il sert à vous connecter.',
    password: 'Mot de passe',
    passwordHint: 'Au moins 8 caractères. Plusieurs mots font un bon mot de passe.',
    button: 'Créer le compte',
    noScript: 'Cette page a besoin de JavaScript pour lire la clé dans son adresse.',
    doneTitle: 'Le compte est créé',
    done: 'Les applications qui parlent Kinto peuvent maintenant s’en servir. Vous pouvez fermer cette page.',
    reasons: {
      noToken: 'Ouvrez le lien entier que le serveur a affiché au démarrage, avec ce qui suit le #.',
      token:
        'Ce lien a déjà servi ou n’est plus valable. Relancez le serveur, ou « essaim setup-link », pour en avoir un autre.',
      login: 'Ce nom ne convient pas. Prenez des minuscules, des chiffres, des points et des tirets.',
      taken: 'Ce nom est réservé ou déjà pris. Choisissez-en un autre.',
      weak: 'Ce mot de passe est trop court ou trop connu. Choisissez-en un autre.',
      busy: 'Le serveur est occupé. Réessayez dans un instant.',
      owner: 'Ce serveur a déjà son propriétaire.',
      failed: 'Cela n’a pas marché. Le serveur tourne-t-il encore ?',
    },
  },
}

/** The language that the browser prefers among those spoken here; English where none is. */
export function languageOf(acceptLanguage: string | undefined): 'en' | 'fr' {
  const wanted = (acceptLanguage ?? '')
    .slice(0, 512)
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().split(';')
      const q = parameters.map((p) => /^\s*q=([\d.]+)\s*$/.exec(p)?.[1]).find((value) => value !== undefined)
      return { tag: tag.toLowerCase().split('-')[0], q: q === undefined ? 1 : Number(q) }
    })
    .filter(({ tag, q }) => (tag === 'en' || tag === 'fr') && q > 0)
    .toSorted((a, b) => b.q - a.q)
  return wanted[0]?.tag === 'fr' ? 'fr' : 'en'
}
