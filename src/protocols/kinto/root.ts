/** `/`: what this server is and can do, and who is asking. */
import { everyone, authenticated } from '../../core/permissions/index.ts'
import { type Answer, cacheHeaders, jsonAnswer } from './answer.ts'
import type { Call, Door, Route } from './call.ts'
import { authenticatedName, everyoneName, namesOf } from './names.ts'
import { openidCapability } from './openid.ts'
import type { KintoSettings } from './settings.ts'

/** Version of the protocol that is spoken here. */
const apiVersion = '1.23'

const api = 'https://docs.kinto-storage.org/en/latest/api/1.x/'

async function getRoot(door: Door, call: Call): Promise<Answer> {
  const { settings, health } = door
  const body = {
    project_name: settings.projectName,
    project_version: health.version.version,
    http_api_version: apiVersion,
    project_docs: settings.projectDocs,
    url: `${settings.publicUrl}/v1/`,
    config: null,
    ...(settings.eos && { eos: settings.eos.text }),
    settings: {
      readonly: settings.readonly,
      batch_max_requests: settings.batchLimit,
      explicit_permissions: settings.explicitPermissions,
    },
    ...(call.who.name !== undefined && { user: await userOf(door, call) }),
    capabilities: {
      ...capabilities(settings),
      ...(door.openid && { openid: openidCapability(settings.publicUrl) }),
    },
  }
  const isPublic = settings.readonly && call.who.name === undefined
  return jsonAnswer(200, body, isPublic ? cacheHeaders(settings.rootCacheExpires, call.now) : [])
}

async function userOf(door: Door, { who, scope }: Call) {
  const others = who.subject.principals.filter(
    (principal) =>
      principal !== everyone &&
      principal !== authenticated &&
      principal !== `account:${who.subject.account?.id}`,
  )
  const groups = await namesOf(door.names, scope.directory, others)
  return {
    id: who.name,
    principals: [who.name, authenticatedName, everyoneName, ...groups],
    bucket: who.bucket,
  }
}

/** What clients look for before they use it. */
function capabilities({ guests, flush, permissionsEndpoint }: KintoSettings) {
  return {
    accounts: {
      description: 'People sign in with a login and a password.',
      url: `${api}accounts.html`,
      validation_enabled: false,
    },
    default_bucket: {
      description:
        'Everybody has a bucket of her own, in which collections come into being by being written.',
      url: `${api}buckets.html`,
    },
    ...(permissionsEndpoint && {
      permissions_endpoint: {
        description: 'Lists what the user may do, and where.',
        url: `${api}permissions.html`,
      },
    }),
    ...(guests && {
      basicauth: {
        description: 'Any name and password is somebody: for test suites only.',
        url: `${api}authentication.html`,
      },
    }),
    ...(flush !== 'nobody' && {
      flush_endpoint: {
        description: 'Removes everything that was made through this API.',
        url: `${api}flush.html`,
      },
    }),
  }
}

export const rootRoute: Route = { path: '/', methods: { GET: getRoot } }
