/** The parts of the package `oidc-provider` that are used here: it comes without types. Loaded with the first request. */
import type { IncomingMessage, ServerResponse } from 'node:http'

/** What a row of the library's adapters holds. */
export type Payload = Readonly<Record<string, unknown>>

/** Where the library keeps something (its documentation: "adapter"). Times are in seconds. */
export interface Adapter {
  upsert(id: string, payload: Payload, expiresIn?: number): Promise<void>
  find(id: string): Promise<Payload | undefined>
  findByUid(uid: string): Promise<Payload | undefined>
  findByUserCode(code: string): Promise<Payload | undefined>
  consume(id: string): Promise<void>
  destroy(id: string): Promise<void>
  revokeByGrantId(grantId: string): Promise<void>
}

export interface LibraryClient {
  clientId: string
  clientName?: string
  clientUri?: string
  redirectUris: string[]
  applicationType: 'web' | 'native'
  clientAuthMethod: string
  clientSecret?: string
  sectorIdentifierUri?: string
  clientIdMetadataDocument?: boolean
  grantTypeAllowed(type: string): boolean
  metadata(): Record<string, unknown>
}

export interface LibraryGrant {
  jti: string
}

/** Parameters of a request; those that were not sent are undefined. */
export type Params = Record<string, string | undefined>

/** What grew in a request: codes and tokens, as the library names them. */
export interface Source {
  jti: string
  scope?: string
  grantId?: string
  accountId?: string
  sessionUid?: string
  clientId?: string
  iiat?: number
}

export interface Context {
  req: IncomingMessage
  res: ServerResponse
  path: string
  query: Readonly<Record<string, string | string[] | undefined>>
  status: number
  type: string
  body: unknown
  redirect(to: string): void
  set(name: string, value: string): void
  get(name: string): string
  cookies: unknown
  oidc: {
    route: string
    client?: LibraryClient
    params?: Params
    requestParamScopes: ReadonlySet<string>
    body?: Record<string, unknown>
    result?: { login?: object; consent?: object }
    session?: { accountId?: string }
    entities: {
      AuthorizationCode?: Source
      RefreshToken?: Source
      RotatedRefreshToken?: Source
      AccessToken?: Source
      DeviceCode?: Source
    }
  }
}

interface Model<T> {
  find(id: string): Promise<T | undefined>
  readonly prototype: object
}

export interface DeviceCodeModel extends Source {
  params: Params
  error?: string
  isExpired: boolean
  deviceInfo?: { agent?: string }
  save(): Promise<string>
}

export interface LibraryProvider {
  Client: Model<LibraryClient>
  Grant: { new (properties: object): LibraryGrant; instantiate(payload: object): LibraryGrant }
  DeviceCode: {
    findByUserCode(code: string, options: { ignoreExpiration: true }): Promise<DeviceCodeModel | undefined>
  }
  proxy: boolean
  createContext(request: IncomingMessage, response: ServerResponse): Context
  use(middleware: (context: Context, next: () => Promise<void>) => Promise<void>): void
  on(event: string, listener: (context: Context, ...more: never[]) => void): void
  callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>
}

interface LibraryError extends Error {
  error: string
}

export interface Library {
  Provider: (new (issuer: string, configuration: object) => LibraryProvider) & {
    readonly ctx: Context | undefined
  }
  errors: Readonly<
    Record<
      | 'InvalidGrant'
      | 'InvalidScope'
      | 'InvalidRequest'
      | 'InvalidTarget'
      | 'AccessDenied'
      | 'InvalidClientMetadata',
      new (description?: string, detail?: string) => LibraryError
    >
  >
  interactionPolicy: {
    base(): object[]
    Prompt: new (options: { name: string; requestable: boolean }, ...checks: object[]) => object
    Check: new (
      reason: string,
      description: string,
      error: string,
      check: (context: Context) => boolean | Promise<boolean>,
    ) => object
  }
}

let loaded: Promise<Library> | undefined

/** The library, loaded once: an idle server is smaller without it. */
export function loadLibrary(): Promise<Library> {
  // @ts-expect-error The package has no types.
  loaded ??= import('oidc-provider') as Promise<Library>
  return loaded
}
