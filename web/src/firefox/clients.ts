/** The programs that are built in: no other gets a key of Sync. */

export interface Client {
  id: string
  /** What people call it. */
  name: string
  /** `mobile`: what it asks for stands in the address. Others are asked themselves. */
  kind: 'desktop' | 'mobile'
  /** Under which scope it has its key of Sync. */
  syncScope: string
}

const firefoxSync = 'https://identity.mozilla.com/apps/oldsync'

const all: readonly Client[] = [
  { id: '5882386c6d801776', name: 'Firefox', kind: 'desktop', syncScope: firefoxSync },
  {
    id: '8269bacd7bbc7f80',
    name: 'Thunderbird',
    kind: 'desktop',
    syncScope: 'https://identity.thunderbird.net/apps/sync',
  },
  { id: 'a2270f727f45f648', name: 'Firefox', kind: 'mobile', syncScope: firefoxSync },
  { id: '1b1a3e44c54fbb58', name: 'Firefox', kind: 'mobile', syncScope: firefoxSync },
  { id: '3c49430b43dfba77', name: 'Reference Browser', kind: 'mobile', syncScope: firefoxSync },
]

export const firefox = all[0]!

export const clientOf = (id: string | null | undefined): Client | undefined =>
  all.find((client) => client.id === id)
