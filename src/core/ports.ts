/** What the core needs from outside, and the rows it keeps there. */
export * from './ports/door.ts'
export * from './ports/mailer.ts'
export * from './ports/outside.ts'
export * from './ports/rows.ts'
export * from './ports/store.ts'
export * from './ports/tables.ts'
