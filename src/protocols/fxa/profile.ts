/** The profile that browsers show, as their profile server gives it: `/fxa/profile/v1`. */
import { setName } from '../../core/accounts/index.ts'
import { CodedError } from '../../lib/coded-error.ts'
import { sha256Base64url } from '../../lib/hash.ts'
import type { JsonObject } from '../../lib/json/index.ts'
import { answer, type Call, type Who } from './call.ts'
import type { Devices } from './devices.ts'
import { badParameter, fxaError } from './errors.ts'
import { profileUpdated } from './messages.ts'
import type { Door } from './parts.ts'
import { mayUse } from './scopes.ts'

const base = '/profile/v1'

/** COMPAT Firefox for Android and iOS: they put the whole tag between marks once more. */
const bare = (tag: string): string => tag.trim().replace(/^(?:W\/)?"+|"+$/g, '')

export function profileRoutes(
  { route, store, profileOf, noPicture }: Door,
  { tell }: Pick<Devices, 'tell'>,
): void {
  async function profile({ account, uid, email }: Who): Promise<JsonObject> {
    const { name, picture } = await profileOf(account)
    return {
      uid,
      sub: uid,
      email,
      locale: account.language ?? 'en',
      amrValues: ['pwd'],
      twoFactorAuthentication: false,
      // COMPAT Firefox for Android and iOS: an address is needed where there is no picture.
      avatar: picture ?? noPicture,
      avatarDefault: picture === null,
      displayName: name,
    }
  }

  /** With a tag of its own, by which a browser asks whether it changed. */
  function tagged(body: JsonObject, { headers }: Call) {
    const tag = `"${sha256Base64url(JSON.stringify(body)).slice(0, 22)}"`
    const own = { ETag: tag, 'Cache-Control': 'private, no-cache' }
    const known = headers['if-none-match']
    const isSame = typeof known === 'string' && known.split(',').some((one) => bare(one) === bare(tag))
    return isSame ? answer(304, undefined, own) : answer(200, body, own)
  }

  const read = (path: string, part: (all: JsonObject) => JsonObject) =>
    route('GET', `${base}${path}`, 'bearer', async (call) => {
      if (!mayUse(call.who, 'profile')) throw forbidden()
      return tagged(part(await profile(call.who)), call)
    })

  read('/profile', (all) => all)
  read('/email', ({ email = '' }) => ({ email }))
  read('/uid', ({ uid = '' }) => ({ uid }))
  read('/avatar', ({ avatar = '', avatarDefault = true }) => ({ id: '', avatar, avatarDefault }))
  read('/display_name', ({ displayName = null }) => ({ displayName }))

  route('POST', `${base}/display_name`, 'bearer', async ({ who, body }) => {
    if (!mayUse(who, 'profile:write')) throw forbidden()
    const { displayName } = body
    if (typeof displayName !== 'string') throw badParameter('displayName', displayName)
    try {
      await setName(store, who.account, displayName)
    } catch (error) {
      if (error instanceof CodedError && error.code === 'name-malformed')
        throw badParameter('displayName', displayName)
      throw error
    }
    void tell(who.account.id, profileUpdated)
    return {}
  })
}

const forbidden = () => fxaError(110, { status: 403, message: 'The token is not for this' })
