/**
 * The few pages that an app sends a person to without passing through ours: what went wrong, and signing out. Static, in
 * both languages, without script.
 */
import { createHash } from 'node:crypto'
import type { Context } from './library.ts'

type Language = 'en' | 'fr'

const words = {
  en: {
    wrong: 'This app asked in a way that cannot be answered',
    whose: 'Nothing was given to it. You can close this page, or tell whoever makes the app:',
    signOut: 'Sign out?',
    asks: 'An app asks to sign you out of this server in this browser.',
    yes: 'Sign out',
    no: 'Stay signed in',
    signedOut: 'You are signed out',
    stay: 'You can close this page.',
    home: 'To the first page',
  },
  fr: {
    wrong: 'Cette application a demandé d’une façon à laquelle on ne peut répondre',
    whose: 'Rien ne lui a été donné. Vous pouvez fermer cette page, ou dire à qui fait l’application :',
    signOut: 'Se déconnecter ?',
    asks: 'Une application demande à vous déconnecter de ce serveur dans ce navigateur.',
    yes: 'Se déconnecter',
    no: 'Rester connecté',
    signedOut: 'Vous êtes déconnecté',
    stay: 'Vous pouvez fermer cette page.',
    home: 'Vers la première page',
  },
} as const

const languageOf = (context: Context): Language =>
  /^\s*fr\b/i.test(context.get('accept-language')) ? 'fr' : 'en'

const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`)

function page(context: Context, style: string, title: string, body: string): void {
  context.type = 'text/html; charset=utf-8'
  context.set('Vary', 'Accept-Language')
  context.body = `<!doctype html>
<html lang="${languageOf(context)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} – Essaim</title>
<link rel="stylesheet" href="${style}style.css">
</head>
<body>
<main class="shell">
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`
}

/** What a person reads whom an app sent here with a request that goes nowhere. */
export const renderError =
  (style: string) =>
  async (context: Context, out: { error: string; error_description?: string }): Promise<void> => {
    const { wrong, whose } = words[languageOf(context)]
    const told = [out.error, out.error_description].filter((one) => one !== undefined).join(': ')
    page(context, style, wrong, `<p>${whose}</p>\n<p><code>${escaped(told)}</code></p>`)
  }

export const signOutPage =
  (style: string) =>
  async (context: Context, form: string): Promise<void> => {
    const { signOut, asks, yes, no } = words[languageOf(context)]
    const buttons = `<button type="submit" form="op.logoutForm" name="logout" value="yes">${yes}</button>
<button type="submit" form="op.logoutForm">${no}</button>`
    page(context, style, signOut, `<p>${asks}</p>\n${form}\n<p>${buttons}</p>`)
  }

export const signedOutPage =
  (style: string, home: string) =>
  async (context: Context): Promise<void> => {
    const { signedOut, stay, home: first } = words[languageOf(context)]
    page(context, style, signedOut, `<p>${stay}</p>\n<p><a href="${home}/">${first}</a></p>`)
  }

/** The policy of a page, with the very scripts that are in it: the library has one that sends a form. */
export function pagePolicy(html: string, style: string): string {
  const scripts = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, script = '']) => {
    const hash = createHash('sha256').update(script).digest('base64')
    return `'sha256-${hash}'`
  })
  const directives = [
    `default-src 'none'`,
    `style-src ${style}`,
    `base-uri 'none'`,
    `frame-ancestors 'none'`,
    ...(scripts.length > 0 ? [`script-src ${scripts.join(' ')}`] : []),
  ]
  return directives.join('; ')
}
