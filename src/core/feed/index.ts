/** The changes of a home, in order, from any place on: backfill from the store, cut-over, live stream. */
export { type Cursor, FeedError, type FeedErrorCode, formatCursor, parseCursor } from './cursor.ts'
export { createFeed, type Feed, type FeedEvent, type FeedParts, type ListenOptions } from './feed.ts'
