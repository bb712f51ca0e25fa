/**
 * What the SQL of the stores has to keep: each statement names the home it is about, and each key begins with it.
 * How statements are written so that this can be read: keywords in capitals, a statement begins a string (or
 * follows a `;` in it), what is computed stands for values, columns or conditions, never for a table.
 */
import { literalsOf } from './literals.ts'

export interface Statement {
  readonly sql: string
  /** `store/sqlite/reads.ts:12` */
  readonly place: string
}

const verb = /^(SELECT|INSERT|UPDATE|DELETE|REPLACE|MERGE|WITH|CREATE|ALTER|DROP|TRUNCATE)\b/
const shy =
  /^\s*(select\s.*\sfrom\s|insert\s+into\s|update\s+\w+\s+set\s|delete\s+from\s|create\s+(unique\s+)?(table|index)\s)/i

/** Every SQL statement in the strings of a source file, white space made single. */
export function statementsOf(file: string, source: string): Statement[] {
  return literalsOf(source).flatMap(({ text, line }) =>
    text
      .replace(/--[^\n]*/g, '')
      .split(';')
      .map((sql) => ({ sql: sql.replace(/\s+/g, ' ').trim(), place: `${file}:${line}` }))
      .filter(({ sql }) => verb.test(sql) || shy.test(sql)),
  )
}

/** Names that a statement itself gives to results. */
const namedResults = (sql: string) =>
  [
    ...sql.matchAll(
      /\b(\w+)(?: ?\([^)]*\))? AS (?:(?:NOT )?MATERIALIZED )?\( ?(?:SELECT|INSERT|UPDATE|DELETE|VALUES|WITH)\b/g,
    ),
  ].map((m) => m[1])

/** Names after which no table comes, and those that the database itself keeps. */
const noTable =
  /^(SET|OF|SKIP|NOWAIT|SELECT|VALUES|LATERAL|excluded|sqlite_\w+|pragma_\w+|pg_\w+|information_schema)$/

/** The tables that a statement reads, writes or makes; `…` where the name is computed. */
export function tablesOf(sql: string): string[] {
  const results = new Set(namedResults(sql))
  const names = [
    ...sql
      .replace(/DISTINCT FROM/g, '')
      .matchAll(
        /\b(FROM|JOIN|INTO|UPDATE|TABLE|TRUNCATE|ON)(?: ONLY| IF NOT EXISTS| IF EXISTS)? (["\w…]+)(?:\.(["\w…]+))? ?(\(?)/g,
      ),
  ]
  const index = /^CREATE (UNIQUE )?INDEX/.test(sql)
  return [
    ...new Set(
      names.flatMap(([, word, first = '', second, paren]) => {
        if (word === 'ON' && !index) return []
        if (paren && (word === 'FROM' || word === 'JOIN')) return [] // a function that returns rows
        if (noTable.test(first.replaceAll('"', ''))) return []
        const table = (second ?? first).replaceAll('"', '')
        return results.has(table) ? [] : [table]
      }),
    ),
  ]
}

/** True when the rows of a statement are those of homes it names: a condition, a join, or the column of a new row. */
function boundToHome(sql: string): boolean {
  const condition = /\b(?:WHERE|ON|AND)\b(.*)/.exec(sql.replace(/\bORDER BY .*/, ''))?.[1] ?? ''
  return (
    /\bhome_id ?(=|IN\b)/.test(condition) ||
    /\( ?(?:\w+\.)?home_id\b[^)]*\) ?(=|IN\b)/.test(condition) ||
    /\bUSING ?\( ?home_id\b/.test(sql) ||
    /\bINTO [\w"]+ ?\((?:[^)]*\W)?home_id\W/.test(sql) ||
    /\bINTO [\w"]+ ?\( ?…/.test(sql) // a computed list of columns: home_id is NOT NULL, so it is in it
  )
}

/** What is wrong with the keys of a CREATE TABLE or CREATE INDEX. */
function keyBreach(sql: string): string | undefined {
  const unique = /^CREATE UNIQUE INDEX.*? ON [\w".]+ ?\( ?"?(\w+)/.exec(sql)
  if (unique && unique[1] !== 'home_id') return 'a unique index begins with home_id'
  if (!sql.startsWith('CREATE TABLE')) return undefined
  if (!/[(,] ?home_id \w+ (NOT NULL|PRIMARY KEY)/.test(sql)) return 'a table has home_id, which is NOT NULL'
  for (const [, first] of sql.matchAll(/\b(?:PRIMARY KEY|UNIQUE) ?\( ?"?(\w+)/g))
    if (first !== 'home_id') return 'a primary or unique key begins with home_id'
  for (const [, column, type] of sql.matchAll(
    /[(,] ?(\w+) ([^,(]*(?:\([^)]*\))?[^,(]*\b(?:PRIMARY KEY|UNIQUE))(?! ?\()/g,
  ))
    if (column !== 'home_id' && type) return 'a primary or unique key begins with home_id'
  return undefined
}

/** What is wrong with a statement, unless all its tables are among those that no home owns. */
export function breachOf(sql: string, homeless: ReadonlySet<string>): string | undefined {
  if (!verb.test(sql)) return 'keywords of SQL are in capitals'
  const tables = tablesOf(sql)
  if (tables.includes('…')) return 'the name of a table is not computed'
  if (tables.every((table) => homeless.has(table))) return undefined
  if (/^(CREATE|ALTER|DROP)\b/.test(sql)) return keyBreach(sql)
  return boundToHome(sql) ? undefined : 'a statement names home_id'
}
