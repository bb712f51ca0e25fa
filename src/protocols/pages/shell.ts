/**
 * The one HTML document that all our pages start as: a language, the style, one script. Without the script it says
 * what is missing. What stands behind the # of an address never comes here.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { assetRoutes, pagePolicy } from '../../http/assets.ts'
import type { Assets } from '../../http/assets.ts'
import { originOf } from './api.ts'
import { pageHeaders } from './headers.ts'
import { languageOf } from './language.ts'
import { shellWords } from './shell-words.ts'

/** The addresses of our pages; `/` besides. */
export const pages: readonly string[] = [
  '/sign-in',
  '/sign-up',
  '/invitation',
  '/recovery',
  '/pair',
  '/mail',
  '/setup',
  '/consent',
  '/device',
  // What Firefox opens by itself: see web/src/firefox/routes.ts.
  '/signin',
  '/signup',
  '/force_auth',
  '/authorization',
  '/oauth',
  '/oauth/force_auth',
  '/oauth/success/:client',
  '/post_verify/third_party_auth/set_password',
  '/settings',
  '/settings/clients',
  '/settings/avatar/change',
  '/connect_another_device',
  '/pair/supp',
  '/firefox',
  '/account/browsers',
  ...['apps', 'devices', 'security', 'data', 'profile', 'operator'].map((name) => `/account/${name}`),
  ...['people', 'invitations', 'providers', 'settings', 'server', 'log'].map((name) => `/admin/${name}`),
]

export function shellRoutes(
  app: FastifyInstance,
  { publicUrl, assets }: { publicUrl: string; assets: Assets },
): void {
  assetRoutes(app, assets)
  const send = (request: FastifyRequest, reply: FastifyReply) => {
    pageHeaders(reply)
    const language = languageOf(request.headers['accept-language'])
    return reply
      .headers({
        'Content-Security-Policy': pagePolicy(originOf(request.headers.host, publicUrl), assets),
        Vary: 'Accept-Language',
      })
      .type('text/html; charset=utf-8')
      .send(shell(language, assets, isStart(request.raw.url ?? '')))
  }
  for (const path of pages) app.get(path, send)
  // People get a page at the root; programs get what the Kinto door has there.
  app.addHook('onRequest', async (request, reply) => {
    const { url, method, headers } = request.raw
    if (method === 'GET' && url && isStart(url) && headers.accept?.includes('text/html'))
      return send(request, reply)
    return undefined
  })
}

/** Whether the root is asked for, with or without a query. */
const isStart = (url: string): boolean => /^\/(\?|$)/.test(url)

function shell(language: 'en' | 'fr', assets: Assets, start: boolean): string {
  const { prefix, main } = assets
  const preload = new Set([...assets.preload, ...(start ? assets.signIn : [])])
  const words = shellWords[language]
  const modules = [...preload].map((name) => `<link rel="modulepreload" href="${prefix}${name}">\n`).join('')
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Essaim</title>
<link rel="icon" href="${prefix}icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="${prefix}style.css">
${modules}<script type="module" src="${prefix}${main}"></script>
</head>
<body>
<noscript><main class="shell"><h1>Essaim</h1><p role="alert">${words.noScript}</p></main></noscript>
<essaim-app><main class="shell late"><h1>Essaim</h1><p>${words.notLoaded}</p></main></essaim-app>
</body>
</html>
`
}
