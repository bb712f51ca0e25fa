/** Principals as clients write them (`account:alice`, `/buckets/b/groups/g`), and as the core knows them. */
import type { Accounts } from '../../core/accounts/index.ts'
import {
  accountPrincipal,
  authenticated,
  everyone,
  groupPrincipal,
  namePrincipal,
  parsePrincipal,
} from '../../core/permissions/index.ts'
import type { Directory } from './directory.ts'

export const everyoneName = 'system.Everyone'
export const authenticatedName = 'system.Authenticated'

/** Where groups are in a home; the paths of all Kinto objects begin with the bucket's. */
const groupsPath = 'kinto/groups'

export interface Names {
  /** The principal of a name. One that nobody has is kept as it is and matches nobody, also later. */
  principal(directory: Directory, name: string): string | Promise<string>
  /** The name of a principal; undefined when who or what it named is gone. */
  name(directory: Directory, principal: string): string | undefined | Promise<string | undefined>
  /** The name of an account that is known by its login. */
  ofLogin(login: string): string
}

/** How guests (`basicauth`) are written: foreign test suites alone have them. */
export interface GuestNames {
  /** The login of the guest with this name; undefined if it is no guest's. */
  login(name: string): string | undefined
  /** The name of the guest with this login; undefined for people. */
  name(login: string): string | undefined
  /** The id of the guest's account, made if need be. */
  account(login: string): Promise<string>
}

export function createNames(accounts: Accounts, guests: GuestNames | undefined): Names {
  const ofLogin = (login: string) => guests?.name(login) ?? `account:${login}`

  const ofAccount = async (name: string) => {
    const account = await accounts.byLogin(name.slice('account:'.length))
    return account ? accountPrincipal(account.id) : namePrincipal(name)
  }
  const ofGroup = async (directory: Directory, name: string, bucket: string, group: string) => {
    const row = await directory.find(bucket)
    return row && !row.deleted ? groupPrincipal(row.home, `${groupsPath}/${group}`) : namePrincipal(name)
  }

  return {
    principal(directory, name) {
      if (name === everyoneName) return everyone
      if (name === authenticatedName) return authenticated
      if (name.startsWith('account:') && name.length > 'account:'.length) return ofAccount(name)
      const [, bucket, group] = /^\/buckets\/([^/]+)\/groups\/([^/]+)$/.exec(name) ?? []
      if (bucket !== undefined && group !== undefined) return ofGroup(directory, name, bucket, group)
      const guest = guests?.login(name)
      return guest === undefined ? namePrincipal(name) : guests!.account(guest).then(accountPrincipal)
    },

    name(directory, principal) {
      const parsed = parsePrincipal(principal)
      switch (parsed.kind) {
        case 'everyone':
          return everyoneName
        case 'authenticated':
          return authenticatedName
        case 'account':
          return accounts
            .loginOf(parsed.account)
            .then((login) => (login === undefined ? login : ofLogin(login)))
        case 'group':
          return directory.inHome(parsed.home).then((bucket) => {
            if (bucket === undefined || !parsed.path.startsWith(`${groupsPath}/`)) return undefined
            return `/buckets/${bucket.id}/groups/${parsed.path.slice(groupsPath.length + 1)}`
          })
        case 'name':
          return parsed.name
        case 'vapid':
          return undefined
      }
    },

    ofLogin,
  }
}

/** The principals of several names, each asked for once. */
export async function principalsOf(
  names: Names,
  directory: Directory,
  wanted: Iterable<string>,
): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (const name of wanted) if (!found.has(name)) found.set(name, await names.principal(directory, name))
  return found
}

/** The names of principals in their order, without those that are gone. */
export async function namesOf(
  names: Names,
  directory: Directory,
  principals: readonly string[],
): Promise<string[]> {
  const found: string[] = []
  for (const principal of principals) {
    const name = await names.name(directory, principal)
    if (name !== undefined && !found.includes(name)) found.push(name)
  }
  return found
}
