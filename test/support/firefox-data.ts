/** What a person keeps in Firefox, put there and read by the browser's own code. */
import type { Firefox } from './firefox.ts'
import type { Chrome } from './firefox-sync.ts'

declare const ChromeUtils: { importESModule(address: string): Chrome }
declare const Services: Chrome
declare const Cc: Chrome
declare const Ci: Chrome

export interface Bookmark {
  title: string
  url: string
}

/** Adds bookmarks to the unsorted ones, in one go. */
export const addBookmarks = ({ driver }: Firefox, bookmarks: readonly Bookmark[]): Promise<void> =>
  driver.run(
    'chrome',
    async (children) => {
      const { PlacesUtils } = ChromeUtils.importESModule('resource://gre/modules/PlacesUtils.sys.mjs')
      await PlacesUtils.bookmarks.insertTree({
        guid: PlacesUtils.bookmarks.unfiledGuid,
        children: [...children],
      })
    },
    bookmarks,
  )

/** Gives the bookmark of an address another title. */
export const renameBookmark = ({ driver }: Firefox, url: string, title: string): Promise<void> =>
  driver.run(
    'chrome',
    async (address, wanted) => {
      const { PlacesUtils } = ChromeUtils.importESModule('resource://gre/modules/PlacesUtils.sys.mjs')
      const found = await PlacesUtils.bookmarks.fetch({ url: address })
      await PlacesUtils.bookmarks.update({ guid: found.guid, title: wanted })
    },
    url,
    title,
  )

export const removeBookmark = ({ driver }: Firefox, url: string): Promise<void> =>
  driver.run(
    'chrome',
    async (address) => {
      const { PlacesUtils } = ChromeUtils.importESModule('resource://gre/modules/PlacesUtils.sys.mjs')
      const found = await PlacesUtils.bookmarks.fetch({ url: address })
      await PlacesUtils.bookmarks.remove(found.guid)
    },
    url,
  )

/** The unsorted bookmarks, in their order. */
export const bookmarksOf = ({ driver }: Firefox): Promise<Bookmark[]> =>
  driver.run('chrome', async () => {
    const { PlacesUtils } = ChromeUtils.importESModule('resource://gre/modules/PlacesUtils.sys.mjs')
    const tree = await PlacesUtils.promiseBookmarksTree(PlacesUtils.bookmarks.unfiledGuid)
    return ((tree?.children ?? []) as Chrome[]).map(({ title, uri }) => ({ title, url: uri }))
  })

/** Visits of now, and of as many minutes ago as their place says. */
export const addVisits = ({ driver }: Firefox, pages: readonly Bookmark[]): Promise<void> =>
  driver.run(
    'chrome',
    async (all) => {
      const { PlacesUtils } = ChromeUtils.importESModule('resource://gre/modules/PlacesUtils.sys.mjs')
      const now = Date.now()
      await PlacesUtils.history.insertMany(
        all.map(({ title, url }, i) => ({
          title,
          url,
          visits: [{ date: new Date(now - (i + 1) * 60_000) }],
        })),
      )
    },
    pages,
  )

export const hasVisited = ({ driver }: Firefox, url: string): Promise<boolean> =>
  driver.run(
    'chrome',
    async (address) => {
      const { PlacesUtils } = ChromeUtils.importESModule('resource://gre/modules/PlacesUtils.sys.mjs')
      return PlacesUtils.history.hasVisits(address)
    },
    url,
  )

/** Saves a password of a site, as the browser offers to do. */
export const addLogin = (
  { driver }: Firefox,
  origin: string,
  user: string,
  password: string,
): Promise<void> =>
  driver.run(
    'chrome',
    async (site, name, secret) => {
      const login = Cc['@mozilla.org/login-manager/loginInfo;1'].createInstance(Ci.nsILoginInfo)
      login.init(site, site, null, name, secret, 'user', 'password')
      await Services.logins.addLoginAsync(login)
    },
    origin,
    user,
    password,
  )

export const loginsOf = (
  { driver }: Firefox,
  origin: string,
): Promise<{ user: string; password: string }[]> =>
  driver.run(
    'chrome',
    async (site) => {
      const logins: Chrome[] = await Services.logins.searchLoginsAsync({ origin: site })
      return logins.map(({ username, password }) => ({ user: username, password }))
    },
    origin,
  )

/** The addresses of the tabs that are open. */
export const openTabs = ({ driver }: Firefox): Promise<string[]> =>
  driver.run('chrome', () => {
    const window = Services.wm.getMostRecentWindow('navigator:browser')
    return [...window.gBrowser.tabs].map((tab: Chrome) => tab.linkedBrowser.currentURI.spec)
  })

export interface OtherDevice {
  id: string
  name: string
  type: string
  tabs: string[]
}

/** The tabs of her other browsers, as the menu shows them after a synchronisation. */
export const tabsElsewhere = ({ driver }: Firefox): Promise<Pick<OtherDevice, 'name' | 'tabs'>[]> =>
  driver.run('chrome', async () => {
    const { SyncedTabs } = ChromeUtils.importESModule('resource://services-sync/SyncedTabs.sys.mjs')
    const clients: Chrome[] = await SyncedTabs.getTabClients()
    return clients.map(({ name, tabs }) => ({ name, tabs: tabs.map(({ url }: Chrome) => url) }))
  })

/** Her other browsers, to which a tab can be sent. */
export const otherDevices = ({ driver }: Firefox): Promise<Omit<OtherDevice, 'tabs'>[]> =>
  driver.run('chrome', async () => {
    const { getFxAccountsSingleton } = ChromeUtils.importESModule('resource://gre/modules/FxAccounts.sys.mjs')
    const { device } = getFxAccountsSingleton()
    await device.refreshDeviceList({ ignoreCached: true })
    return (device.recentDeviceList as Chrome[])
      .filter(({ isCurrentDevice }) => !isCurrentDevice)
      .map(({ id, name, type }) => ({ id, name, type }))
  })

/** How this browser is called among her others. */
export const deviceName = ({ driver }: Firefox): Promise<string> =>
  driver.run('chrome', () => {
    const { getFxAccountsSingleton } = ChromeUtils.importESModule('resource://gre/modules/FxAccounts.sys.mjs')
    return getFxAccountsSingleton().device.getLocalName()
  })

/** Calls it otherwise, as in the settings. */
export const renameDevice = ({ driver }: Firefox, name: string): Promise<void> =>
  driver.run(
    'chrome',
    async (wanted) => {
      const { getFxAccountsSingleton } = ChromeUtils.importESModule(
        'resource://gre/modules/FxAccounts.sys.mjs',
      )
      getFxAccountsSingleton().device.setLocalName(wanted)
      await getFxAccountsSingleton().updateDeviceRegistration()
    },
    name,
  )

/** Sends a tab to a browser, as the menu of a tab does; throws what went wrong. */
export const sendTab = ({ driver }: Firefox, to: string, url: string, title: string): Promise<void> =>
  driver.run(
    'chrome',
    async (id, address, name) => {
      const { getFxAccountsSingleton } = ChromeUtils.importESModule(
        'resource://gre/modules/FxAccounts.sys.mjs',
      )
      const { device, commands } = getFxAccountsSingleton()
      const target = (device.recentDeviceList as Chrome[]).find((one) => one.id === id)
      const report = await commands.sendTab.send([target], { url: address, title: name })
      if (report.failed.length > 0) throw report.failed[0].error
    },
    to,
    url,
    title,
  )

/** Closes a tab of another browser, as the list of tabs does; false: it could not be told. */
export const closeTab = ({ driver }: Firefox, at: string, url: string): Promise<boolean> =>
  driver.run(
    'chrome',
    async (id, address) => {
      const { getFxAccountsSingleton } = ChromeUtils.importESModule(
        'resource://gre/modules/FxAccounts.sys.mjs',
      )
      const { device, commands, telemetry } = getFxAccountsSingleton()
      const target = (device.recentDeviceList as Chrome[]).find((one) => one.id === id)
      return commands.closeTab.sendCloseTabsCommand(target, [address], telemetry.generateFlowID())
    },
    at,
    url,
  )

/** Presses “Sync now” in the menu: it also asks for what others sent, should the push service have lost it. */
export const syncNow = ({ driver }: Firefox): Promise<void> =>
  driver.run('chrome', () => Services.wm.getMostRecentWindow('navigator:browser').gSync.doSync())
