/** Les mots de la connexion. */
import type { en } from './en.ts'

export const fr: typeof en = {
  title: 'Se connecter',
  login: 'Nom',
  password: 'Mot de passe',
  signIn: 'Se connecter',
}
