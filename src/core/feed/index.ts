/** The changes of a home, in order, from any place on: backfill from the store, cut-over, live stream. */
export { parseCursor } from './cursor.ts'
export { createFeed, type FeedEvent } from './feed.ts'
