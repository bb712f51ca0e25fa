/** A page password at work: what it is stretched with, and by whom it may be seen (by nobody). */
import type { StretchParameters, Stretched } from '@essaim/client'
import { callBare } from './api.ts'
import { stretch, type Stretching } from './stretching.ts'

/** With the parameters that the server has for this name. Errors: `ApiError`; `KeysError`. */
export async function stretchFor(login: string, password: string, how: Stretching = {}): Promise<Stretched> {
  const { parameters } = await callBare<{ parameters: StretchParameters }>('POST', '/sign-in/prelogin', {
    login,
  })
  return stretch({ login, password, parameters }, how)
}
