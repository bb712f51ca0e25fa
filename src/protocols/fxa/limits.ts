/** Bounds of the door, in one place. */

/** Milliseconds by which a browser's clock may be wrong. */
export const maxSkew = 300_000
/** Sessions that are remembered, and milliseconds for which: then the use of their grant is noted again. */
export const rememberedSessions = 10_000
export const rememberedFor = 600_000
/** Requests that are remembered, so that none is taken twice. */
export const rememberedRequests = 200_000
/** Seconds that an access token lasts: for Sync as Firefox asks, else a day at most. */
export const accessLasts = 21_600
export const accessLastsAtMost = 86_400
/** Milliseconds that a code may be redeemed. */
export const codeLasts = 600_000
/** Seconds that a browser is asked to wait whose person has paused it. */
export const pausedFor = 300
/** Seconds to wait where the store cannot answer. */
export const busyFor = 30
/** Sessions of one browser: it may ask for a second one of the same kind. */
export const mostSessions = 10
/** What one browser has at most of each kind of token; the oldest make room. */
export const mostOf: Readonly<Record<string, number>> = {
  access: 20,
  'fxa-code': 10,
  'fxa-refresh': 10,
  'fxa-session': mostSessions,
}
/** Milliseconds that keys may be fetched after a program has signed in. */
export const keyFetchLasts = 600_000
/** Programs of one person that signed in with her generated password; those unused for the longest make room. */
export const mostPrograms = 20
/** Milliseconds in which a telephone may be let in that its person has agreed to. */
export const approvalLasts = 300_000
