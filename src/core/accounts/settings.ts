/** What administrators set at the pages, for the whole server. */
import type { Json, JsonObject } from '../../lib/json/index.ts'
import { Refusal, type Row } from '../ports.ts'
import { type Change, commitStep } from '../records/index.ts'
import { type Context, fail } from './context.ts'
import { logChange } from './log.ts'

/** Who may make an account: nobody, who is invited, who asks and is approved, everybody. */
export type Registration = 'closed' | 'invitation' | 'approval' | 'open'
export const registrations: readonly Registration[] = ['closed', 'invitation', 'approval', 'open']

export interface Settings {
  registration: Registration
  /** What the server is called on its pages and in mails; 1 to 60 characters. */
  serverName: string
  /** Days between the deletion of an account and its purge, 0 to 90. */
  graceDays: number
  /** Hours that a recovery by mail or by an administrator waits, 1 to 720. */
  recoveryHours: number
}

export const defaultSettings: Settings = {
  registration: 'invitation',
  serverName: 'Essaim',
  graceDays: 14,
  recoveryHours: 48,
}

/** Bytes of one setting, as JSON text. */
const maxSetting = 16_384
/** Rows of one prefix, such as the providers. */
const maxNamed = 50

/** A row of the table: what other parts keep there under a prefix of their own, such as `provider:github`. */
export interface NamedSetting {
  name: string
  value: JsonObject
  modified: number
}

export interface SettingsPart {
  /** The settings in force. */
  settings(): Promise<Settings>
  /** Changes some; each has to be in its bounds (`setting-malformed` with `details.member`). `by`: the administrator. */
  changeSettings(by: string, change: Partial<Settings>): Promise<Settings>
  /** The rows whose names begin so, by name. */
  namedSettings(prefix: string): Promise<NamedSetting[]>
  /** Sets a row, or removes it with null, and notes `act` in the server's log. Errors: `too-many`, `setting-malformed`. */
  setNamed(by: string, prefix: string, id: string, value: JsonObject | null, act: string): Promise<void>
}

const inForce = 'server'

export function createSettings({ store, clock }: Pick<Context, 'store' | 'clock'>): SettingsPart {
  async function stored(): Promise<{ row: Row | undefined; settings: Settings }> {
    const [row] = await store.rows('setting', { name: inForce })
    const value = row ? (JSON.parse(String(row['value'])) as Partial<Settings>) : {}
    return { row, settings: { ...defaultSettings, ...value } }
  }

  return {
    settings: async () => (await stored()).settings,

    async changeSettings(by, change) {
      const members = Object.keys(change) as (keyof Settings)[]
      for (const member of members)
        if (!checks[member]?.(change[member]))
          throw fail('setting-malformed', `${member} is out of its bounds`, { member })
      for (;;) {
        const { row, settings } = await stored()
        const changed = members.filter((member) => settings[member] !== change[member])
        if (changed.length === 0) return settings
        const next: Settings = { ...settings, ...change }
        const now = clock.now()
        const details = Object.fromEntries(changed.map((member) => [member, next[member]]))
        const where = { name: inForce }
        try {
          await commitStep(store, {
            when: [
              row
                ? { is: 'row-has', table: 'setting', where, has: { value: row['value'] ?? null } }
                : { is: 'row-absent', table: 'setting', where },
            ],
            changes: [
              putSetting(inForce, next as unknown as Json, by, now),
              logChange(now, { account: null, area: 'server', act: 'settings-changed', actor: by, details }),
            ],
          })
          return next
        } catch (error) {
          if (!(error instanceof Refusal)) throw error
        }
      }
    },

    async namedSettings(prefix) {
      const rows = await store.rows(
        'setting',
        {},
        { prefix: { column: 'name', value: prefix }, limit: maxNamed },
      )
      return rows.map((row) => ({
        name: String(row['name']),
        value: JSON.parse(String(row['value'])) as JsonObject,
        modified: Number(row['modified']),
      }))
    },

    async setNamed(by, prefix, id, value, act) {
      const name = `${prefix}${id}`
      const now = clock.now()
      if (value !== null) {
        if (name.length > 100 || Buffer.byteLength(JSON.stringify(value)) > maxSetting)
          throw fail('setting-malformed', 'the setting is too long', { member: 'value' })
        const present = await store.rows('setting', {}, { prefix: { column: 'name', value: prefix } })
        if (present.length >= maxNamed && !present.some((row) => row['name'] === name))
          throw fail('too-many', 'there are too many', { max: maxNamed })
      }
      await commitStep(store, {
        changes: [
          value === null
            ? { kind: 'row', table: 'setting', remove: { name } }
            : putSetting(name, value, by, now),
          logChange(now, { account: null, area: 'server', act, actor: by, details: { id } }),
        ],
      })
    },
  }
}

const putSetting = (name: string, value: Json, by: string, now: number): Change => ({
  kind: 'row',
  table: 'setting',
  put: { name, value: JSON.stringify(value), modified: now, by_account: by },
})

const wholeFrom = (least: number, most: number) => (value: unknown) =>
  Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most

const checks: { [member in keyof Settings]: (value: unknown) => boolean } = {
  registration: (value) => registrations.includes(value as Registration),
  serverName: (value) => typeof value === 'string' && value.trim() !== '' && value.length <= 60,
  graceDays: wholeFrom(0, 90),
  recoveryHours: wholeFrom(1, 720),
}
