/** Words of the page that connects a Firefox. */
import { spoken } from '../language.ts'

const en = {
  title: 'Connect Firefox',
  lead: 'Your Firefox can sign in here, and keep its bookmarks, history, passwords, tabs, add-ons and settings the same on all your devices. It encrypts them before they leave the device: this server can measure them, and not read them.',
  how: 'It takes one preference, set once in each Firefox. Nothing is installed.',
  off: 'This server does not take part in Firefox Sync at present.',
  elsewhereRead: 'This is another browser. Open this page in the Firefox that you want to connect:',
  here: {
    title: 'This Firefox knows this server',
    text: 'The preference is set, and it has only to sign in.',
    act: 'Sign in to Sync',
    already: 'This Firefox is signed in here',
    as: (email: string) => `It is ${email} for it.`,
    see: 'See your browsers',
  },
  yours: 'your device',
  kinds: {
    computer: 'On a computer',
    debian: 'On all of a Debian machine at once',
    android: 'On Android',
    ios: 'On an iPhone or iPad',
  },
  copy: {
    config: 'Address of the preferences',
    name: 'Name of the preference',
    value: 'Its value: the address of this server',
    plain: 'Name of the second preference',
    settings: 'Address of the settings of Sync',
    accounts: 'Account server',
    sync: 'Sync server',
    log: 'Address of the reports of Sync',
    page: 'Address of this page',
    build: 'Command that builds the package',
    install: 'Command that installs it',
  },
  computer: {
    open: 'Open a new tab, put this into the address bar, and press Enter. Firefox asks whether you know what you do: accept. (No page may open it for you.)',
    search: 'Search for this name there:',
    set: 'Press the pencil beside it, put this in, and press the tick:',
    plain:
      'Search for this second name, choose “Boolean” and press the plus sign, so that it is “true”. It is needed because this address has no https:',
    sign: 'In a new tab, open the settings of Sync and choose “Sign in”. (The menu of Firefox has “Sign in” too.)',
    known: (host: string) =>
      `The page that asks for your name is the one of this server: the address bar says ${host}. If it says something else, the preference is not set yet.`,
  },
  plain:
    'This address has no https: whoever is on the way can read and change what passes. Use it for trials on your own machine only.',
  debian: {
    text: 'Whoever runs this server can pack the preference for Debian and its relatives. Then every Firefox of a machine signs in here, whoever uses it:',
    build: 'In the folder of the server, build the package:',
    install: 'On each machine, install it:',
  },
  android: {
    menu: 'In the menu, choose “Settings”, then “About Firefox” at the end, and tap the logo five times.',
    back: 'Go back to “Settings”. There is “Sync Debug” now: open it.',
    accounts: 'Tap “Custom Mozilla account server”, and put this in:',
    sync: 'Tap “Custom Sync server”, and put this in, whole:',
    restart:
      'Close Firefox there, open it again, and choose “Sign in” in its menu. Where it offers to scan a code, choose to sign in with your e-mail instead.',
    note: 'Set both before you sign in. These steps follow the source of the app; nobody has tried them with this server on a telephone yet.',
  },
  ios: {
    menu: 'In the menu, choose “Settings”, and tap the version at the end five times.',
    open: 'Open “Advanced Sync Settings”, which is there now.',
    accounts: 'Switch on “Use Custom FxA Content Server”, and put this in:',
    sync: 'Switch on “Use Custom Sync Token Server”, and put this in:',
    restart: 'Close Firefox, open it again, and sign in from its settings.',
    note: 'These steps follow the source of the app; nobody has tried them with this server on a device yet.',
  },
  check: {
    title: 'Did it work?',
    menu: 'The menu of Firefox shows your name, and “Sync now”.',
    page: 'It is in the list of your browsers.',
    pageLink: 'Your browsers',
    log: 'If it does not sync, Firefox keeps reports of what went wrong:',
  },
  elsewhere: {
    title: 'Is it signed in elsewhere?',
    text: 'Nothing has to be copied. Your Firefox has everything, and brings it along:',
    out: 'Sign out: in the settings of Sync, choose “Sign out”, and do not let it delete what is on the device.',
    set: 'Set the preference, and sign in here. It uploads what it has.',
    next: 'Wait until it has synced, then do the same on the next device.',
  },
  back: {
    title: 'To go back',
    out: 'Sign out in the settings of Sync. What is in the browser stays there.',
    reset: 'In the list of preferences, press the arrow beside the name: it is empty again.',
    then: 'From then on Firefox signs in at Mozilla’s servers again. What is stored here stays, and is there when you come back.',
  },
}

const fr: typeof en = {
  title: 'Connecter Firefox',
  lead: 'Votre Firefox peut se connecter ici, et garder ses marque-pages, son historique, ses mots de passe, onglets, extensions et réglages identiques sur tous vos appareils. Il les chiffre avant qu’ils ne quittent l’appareil : ce serveur peut les mesurer, pas les lire.',
  how: 'Il y faut une seule préférence, donnée une fois dans chaque Firefox. Rien n’est installé.',
  off: 'Ce serveur ne participe pas à Firefox Sync pour l’instant.',
  elsewhereRead:
    'Ceci est un autre navigateur. Ouvrez cette page dans le Firefox que vous voulez connecter :',
  here: {
    title: 'Ce Firefox connaît ce serveur',
    text: 'La préférence est donnée, il ne reste qu’à se connecter.',
    act: 'Se connecter à Sync',
    already: 'Ce Firefox est connecté ici',
    as: (email) => `Pour lui, c’est ${email}.`,
    see: 'Voir vos navigateurs',
  },
  yours: 'votre appareil',
  kinds: {
    computer: 'Sur un ordinateur',
    debian: 'Sur toute une machine Debian d’un coup',
    android: 'Sur Android',
    ios: 'Sur un iPhone ou un iPad',
  },
  copy: {
    config: 'Adresse des préférences',
    name: 'Nom de la préférence',
    value: 'Sa valeur : l’adresse de ce serveur',
    plain: 'Nom de la seconde préférence',
    settings: 'Adresse des réglages de Sync',
    accounts: 'Serveur de comptes',
    sync: 'Serveur de Sync',
    log: 'Adresse des rapports de Sync',
    page: 'Adresse de cette page',
    build: 'Commande qui crée le paquet',
    install: 'Commande qui l’installe',
  },
  computer: {
    open: 'Ouvrez un nouvel onglet, mettez ceci dans la barre d’adresse et validez. Firefox demande si vous savez ce que vous faites : acceptez. (Aucune page ne peut l’ouvrir pour vous.)',
    search: 'Cherchez-y ce nom :',
    set: 'Appuyez sur le crayon à côté, mettez ceci, et appuyez sur la coche :',
    plain:
      'Cherchez ce second nom, choisissez « Booléen » et appuyez sur le signe plus, pour qu’il dise « true ». Il le faut parce que cette adresse n’a pas de https :',
    sign: 'Dans un nouvel onglet, ouvrez les réglages de Sync et choisissez « Se connecter ». (Le menu de Firefox a aussi « Se connecter ».)',
    known: (host) =>
      `La page qui demande votre nom est celle de ce serveur : la barre d’adresse dit ${host}. Si elle dit autre chose, la préférence n’est pas encore donnée.`,
  },
  plain:
    'Cette adresse n’a pas de https : quiconque est sur le chemin peut lire et changer ce qui passe. Ne l’utilisez que pour essayer, sur votre propre machine.',
  debian: {
    text: 'La personne qui tient ce serveur peut mettre la préférence dans un paquet pour Debian et ses proches. Alors chaque Firefox d’une machine se connecte ici, quelle que soit la personne :',
    build: 'Dans le dossier du serveur, créez le paquet :',
    install: 'Sur chaque machine, installez-le :',
  },
  android: {
    menu: 'Dans le menu, choisissez « Paramètres », puis « À propos de Firefox » à la fin, et touchez le logo cinq fois.',
    back: 'Revenez aux « Paramètres ». « Sync Debug » s’y trouve maintenant : ouvrez-le.',
    accounts: 'Touchez « Custom Mozilla account server », et mettez ceci :',
    sync: 'Touchez « Custom Sync server », et mettez ceci, en entier :',
    restart:
      'Fermez Firefox, rouvrez-le, et choisissez « Se connecter » dans son menu. S’il propose de scanner un code, choisissez plutôt de vous connecter avec votre e-mail.',
    note: 'Donnez les deux avant de vous connecter. Ces étapes suivent le code de l’application ; personne ne les a encore essayées avec ce serveur sur un téléphone.',
  },
  ios: {
    menu: 'Dans le menu, choisissez « Paramètres », et touchez cinq fois la version, à la fin.',
    open: 'Ouvrez « Advanced Sync Settings », qui s’y trouve maintenant.',
    accounts: 'Activez « Use Custom FxA Content Server », et mettez ceci :',
    sync: 'Activez « Use Custom Sync Token Server », et mettez ceci :',
    restart: 'Fermez Firefox, rouvrez-le, et connectez-vous depuis ses paramètres.',
    note: 'Ces étapes suivent le code de l’application ; personne ne les a encore essayées avec ce serveur sur un appareil.',
  },
  check: {
    title: 'Est-ce que cela marche ?',
    menu: 'Le menu de Firefox montre votre nom, et « Synchroniser maintenant ».',
    page: 'Il est dans la liste de vos navigateurs.',
    pageLink: 'Vos navigateurs',
    log: 'S’il ne synchronise pas, Firefox garde des rapports de ce qui a échoué :',
  },
  elsewhere: {
    title: 'Est-il connecté ailleurs ?',
    text: 'Rien n’est à copier. Votre Firefox a tout, et l’apporte :',
    out: 'Déconnectez-le : dans les réglages de Sync, choisissez « Se déconnecter », sans le laisser supprimer ce qui est sur l’appareil.',
    set: 'Donnez la préférence, et connectez-vous ici. Il envoie ce qu’il a.',
    next: 'Attendez qu’il ait synchronisé, puis faites de même sur l’appareil suivant.',
  },
  back: {
    title: 'Pour revenir en arrière',
    out: 'Déconnectez-le dans les réglages de Sync. Ce qui est dans le navigateur y reste.',
    reset: 'Dans la liste des préférences, appuyez sur la flèche à côté du nom : il est de nouveau vide.',
    then: 'Dès lors, Firefox se connecte de nouveau aux serveurs de Mozilla. Ce qui est enregistré ici y reste, et sera là si vous revenez.',
  },
}

export const connectWords = spoken({ en, fr })
