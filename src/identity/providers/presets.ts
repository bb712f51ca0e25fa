/** Providers that many people know, so that an operator only fills in what they gave her. */

interface PresetBase {
  name: string
  /** Where an operator registers her server; shown at the form. */
  registerAt: string | null
}

export interface OidcPreset extends PresetBase {
  kind: 'oidc'
  /** Null: the operator names it. */
  issuer: string | null
  scopes: string
}

export interface OAuth2Preset extends PresetBase {
  kind: 'oauth2'
  authorize: string
  token: string
  profile: string
  idField: string
  nameField: string
  tokenAuth: 'basic' | 'post'
  pkce: boolean
  scopes: string
}

export const presets: Readonly<Record<string, OidcPreset | OAuth2Preset>> = {
  github: {
    kind: 'oauth2',
    name: 'GitHub',
    registerAt: 'https://github.com/settings/developers',
    authorize: 'https://github.com/login/oauth/authorize',
    token: 'https://github.com/login/oauth/access_token',
    profile: 'https://api.github.com/user',
    idField: 'id',
    nameField: 'login',
    tokenAuth: 'post',
    pkce: true,
    scopes: '',
  },
  mozilla: {
    kind: 'oidc',
    name: 'Mozilla',
    registerAt: null,
    issuer: 'https://accounts.firefox.com',
    scopes: 'openid profile',
  },
  essaim: { kind: 'oidc', name: 'Essaim', registerAt: null, issuer: null, scopes: 'openid profile' },
}
