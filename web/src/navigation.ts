/** Going from page to page within one document, so that what was unlocked stays so. */
import { isOurs } from './routes.ts'

/** Goes to an address of these pages. `replace`: without a step in the history. */
export function go(address: string, { replace = false } = {}): void {
  if (replace) history.replaceState(null, '', address)
  else history.pushState(null, '', address)
  dispatchEvent(new PopStateEvent('popstate'))
}

/** What stands behind the # of this address, which is then taken out of it and of the history: it may be worth an account. */
export function takeFragment(): string {
  const fragment = location.hash.slice(1)
  if (location.hash) history.replaceState(null, '', location.pathname + location.search)
  return fragment
}

/** A link to one of our own pages that was pressed in the usual way. */
export function follow(event: MouseEvent): void {
  const link = event.composedPath().find((target) => target instanceof HTMLAnchorElement)
  if (!link || event.defaultPrevented || event.button !== 0) return
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  if (link.target || link.hasAttribute('download') || link.origin !== location.origin) return
  if (!isOurs(link.pathname) || (link.hash && link.pathname === location.pathname)) return
  event.preventDefault()
  go(link.href)
}
