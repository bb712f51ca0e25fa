/** Each door with what it is made of. */
import { statSync } from 'node:fs'
import { type Config, ConfigError } from '../config.ts'
import { topLevelPaths } from '../doors.ts'
import { readProfile, type Account } from '../core/accounts/index.ts'
import type { FindAppRequest } from '../core/apps/index.ts'
import { createPermissions } from '../core/permissions/index.ts'
import type { Store } from '../core/ports.ts'
import { trustedProxies } from '../http/addresses.ts'
import {
  createAddressChecks,
  createEcho,
  echoRoute,
  liveProbes,
  type AddressChecks,
} from '../http/checks/index.ts'
import { createGuard } from '../http/guard.ts'
import type { Health } from '../http/health.ts'
import type { Metrics } from '../http/metrics.ts'
import { portOf, type Http } from '../http/server.ts'
import { type FxaDoor, fxaDoor } from '../protocols/fxa/index.ts'
import { oauthDoor, type OAuthParts } from '../protocols/oauth/index.ts'
import type { BrowserCookies } from '../protocols/pages/browsers.ts'
import { avatarPath } from '../protocols/pages/profile.ts'
import { createForeignAccounts, type PagesKey, type SyncDoor, syncDoor } from '../protocols/sync/index.ts'
import {
  createConfiguredRights,
  kintoDoor,
  type OpenId,
  readSettings,
  SettingsError,
} from '../protocols/kinto/index.ts'
import type { Core } from './core.ts'

/** The checks of the address, and the path by which the server recognises itself. */
export function openChecks({ config, keys, clock, mail }: Core, { app }: Http): AddressChecks {
  const echo = createEcho(keys, clock.now)
  const { publicUrl, contentUrl, listen, trustedProxies: proxies, kintoBodyLimit, secretFile } = config
  const open = config.doors
  const signedPaths = [...(open.includes('sync') ? ['/1.5'] : []), ...(open.includes('fxa') ? ['/fxa'] : [])]
  echoRoute(app, echo, signedPaths)
  const input = () => ({
    publicUrl,
    contentUrl,
    listen: { host: listen.host, port: portOf(app) ?? listen.port },
    trustedProxies: proxies,
    bodyLimit: kintoBodyLimit,
    signedPaths,
    passed: statSync(secretFile, { throwIfNoEntry: false })?.mtimeMs ?? 0,
  })
  const { smtpUrl } = config
  const probe = mail &&
    smtpUrl && { server: `${smtpUrl.host}:${smtpUrl.port}`, check: () => mail.mailer.check() }
  return createAddressChecks({ input, probes: liveProbes, echo, mail: probe })
}

/** The OAuth server, which knows the browsers of our pages. Returns where apps wait for a person's answer. */
export function openOAuth(
  core: Core,
  http: Http,
  parts: Pick<OAuthParts, 'style' | 'elsewhere' | 'answers' | 'onError'> & { browsers: BrowserCookies },
): FindAppRequest {
  const { config, store } = core
  const { publicUrl, contentUrl, fetchAllow: allow, doors: open } = config
  const own = [publicUrl, contentUrl].map((address) => new URL(address).host)
  return oauthDoor(http, {
    ...core,
    ...parts,
    publicUrl,
    resources: open.includes('kinto') ? [{ address: `${publicUrl}/v1`, door: 'kinto' }] : [],
    trustedProxies: trustedProxies(config.trustedProxies),
    profileOf: profiles(store, publicUrl),
    fetch: createGuard({ own, allow }),
  })
}

/** What apps and browsers show of a person. */
const profiles = (store: Store, publicUrl: string) => async (account: Account) => {
  const { name, avatar } = await readProfile(store, account)
  return { name, picture: avatar === null ? null : publicUrl + avatarPath(avatar) }
}

/** Accounts for Firefox. */
export function openFxa(
  core: Core,
  http: Http,
  { picture, ...parts }: { picture: string; onError(error: unknown): void; answered(status: number): void },
): FxaDoor {
  const { publicUrl, contentUrl, trustedProxies: proxies, fetchAllow: allow } = core.config
  const own = [publicUrl, contentUrl].map((address) => new URL(address).host)
  return fxaDoor(http, {
    ...core,
    ...parts,
    publicUrl,
    noPicture: publicUrl + picture,
    fetch: createGuard({ own, allow }),
    trustedProxies: trustedProxies(proxies),
    profileOf: profiles(core.store, publicUrl),
  })
}

export function openKinto(
  core: Core,
  { settings, inForce, ignored }: ReadSettings,
  http: Http,
  parts: { health: Health; metrics: Metrics; openid: OpenId; onError(error: unknown): void },
): void {
  const { config, log, store, clock } = core
  if (config.kintoCompat) log.warn('KINTO_* variables are read')
  for (const name of inForce) log.warn(`${name} is in force at the Kinto door`)
  for (const name of ignored) log.warn(`${name} has no meaning here and is ignored`)
  const configured = createConfiguredRights(settings)
  const permissions = createPermissions({
    store,
    clock,
    ...(configured.extra && { extra: configured.extra }),
  })
  const foreign = new Set(
    topLevelPaths.map(({ path }) => path).filter((path) => path !== '/' && path !== '/v1'),
  )
  kintoDoor(http, {
    ...core,
    ...parts,
    settings,
    permissions,
    configured,
    foreign,
    trustedProxies: trustedProxies(config.trustedProxies),
    answered: (status) => parts.metrics.answered('kinto', status),
  })
}

/** The Sync door, and the accounts server elsewhere whose people may store here. */
export function openSync(
  core: Core,
  http: Http,
  parts: { onError(error: unknown): void; answered(status: number): void },
): SyncDoor {
  const { config, store, clock } = core
  const { publicUrl, contentUrl, readonly, backoff, quota, eos, eosUrl = '', eosMessage = '' } = config
  const { syncIssuer: issuer, syncJwks: keys, syncPeople: people, syncTestSecret: testSecret } = config
  const own = [publicUrl, contentUrl].map((address) => new URL(address).host)
  // What the operator names may be in her own network.
  const allow = keys === undefined ? [] : [new URL(keys).host]
  const foreign =
    issuer === undefined || keys === undefined
      ? undefined
      : createForeignAccounts(
          { issuer, keys, people },
          { fetch: createGuard({ own, allow }), now: () => clock.now() },
        )
  return syncDoor(http, {
    ...core,
    ...parts,
    foreign,
    keyOf: (account) => keyOfPages(store, account),
    permissions: createPermissions({ store, clock }),
    settings: {
      publicUrl,
      readonly,
      backoff,
      eos: eos === undefined ? undefined : { at: eos, url: eosUrl, message: eosMessage },
      testSecret,
      quota,
    },
  })
}

/** The latest key of Sync that a person's pages let a browser have. */
async function keyOfPages(store: Store, account: string): Promise<PagesKey | undefined> {
  const [row] = await store.rows('fxa_account', { account_id: account })
  const changed = Number(row?.['generation'] ?? 0)
  return changed > 0 ? { changed, clientState: String(row?.['client_state'] ?? '') } : undefined
}

export type ReadSettings = ReturnType<typeof readSettings>

/** What can be set at the Kinto door. Variables that can't be read are reported as options are. */
export function kintoSettings(config: Config): ReadSettings {
  const { publicUrl, readonly, backoff, eos, eosUrl, eosMessage, unsafeTest, kintoVariables } = config
  const { kintoBodyLimit, kintoObjectLimit, kintoBatchLimit, kintoFlush } = config
  const limits = { kintoBodyLimit, kintoObjectLimit, kintoBatchLimit, kintoFlush }
  const service = { publicUrl, readonly, backoff, eos, eosUrl, eosMessage }
  try {
    return readSettings({ ...service, ...limits, unsafeTest, kintoVariables })
  } catch (error) {
    throw error instanceof SettingsError ? new ConfigError(error.problems) : error
  }
}
