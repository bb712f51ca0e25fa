/** Words of keys for scripts. */
import { spoken } from '../language.ts'

const en = {
  title: 'Keys for scripts',
  text: 'For a program of your own that is no app with a page. It may do what you choose here, nothing else, and stands in the list above like every app.',
  name: 'What it is for',
  nameHint: 'So that you know it again, such as “Backup on the server”.',
  which: 'What may it use?',
  nothing: 'Nothing of this',
  everything: 'All that is there',
  days: 'How long it is good for',
  make: 'Make a key',
  needed: 'Choose what it may use.',
  made: 'Your key',
  madeText: 'It is shown this once. Put it into the script now, and show it to nobody.',
  madeHow: 'The script sends it with every request:',
  key: 'Key',
  done: 'I have put it into the script',
}

const fr: typeof en = {
  title: 'Clés pour les scripts',
  text: 'Pour un programme à vous qui n’est pas une application avec une page. Il peut faire ce que vous choisissez ici, rien d’autre, et figure dans la liste ci-dessus comme toute application.',
  name: 'À quoi elle sert',
  nameHint: 'Pour la reconnaître, par exemple « Sauvegarde du serveur ».',
  which: 'Que peut-il utiliser ?',
  nothing: 'Rien de cela',
  everything: 'Tout ce qui s’y trouve',
  days: 'Combien de temps elle est valable',
  make: 'Créer une clé',
  needed: 'Choisissez ce qu’il peut utiliser.',
  made: 'Votre clé',
  madeText:
    'Elle n’est montrée qu’une fois. Mettez-la dans le script maintenant, et ne la montrez à personne.',
  madeHow: 'Le script l’envoie avec chaque requête :',
  key: 'Clé',
  done: 'Je l’ai mise dans le script',
}

export const keyWords = spoken({ en, fr })
