/** What a page says when its script does not run. No character here needs escaping. */
import type { Language } from './language.ts'

export const shellWords: Readonly<Record<Language, { noScript: string; notLoaded: string }>> = {
  en: {
    noScript:
      'These pages need JavaScript: your password is worked on in your browser, so that the server never sees it. Please allow it for this address.',
    notLoaded:
      'This page is not complete: its script did not load. Check your connection, or an extension that blocks scripts, and load the page again.',
  },
  fr: {
    noScript:
      'Ces pages ont besoin de JavaScript : votre mot de passe est traité dans votre navigateur, pour que le serveur ne le voie jamais. Autorisez-le pour cette adresse.',
    notLoaded:
      'Cette page est incomplète : son script n’a pas pu être chargé. Vérifiez votre connexion, ou une extension qui bloque les scripts, puis rechargez la page.',
  },
}
