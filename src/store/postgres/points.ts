/** Lookups of single rows, each with the home's row of the same snapshot. */
import type { Lookup } from './lookups.ts'
import { access, collection, home, record } from './shapes.ts'

export const homeLookup: Lookup = {
  name: 'home',
  types: ['bigint'],
  text: `SELECT w.n, ${home.select('h')} FROM unnest($1::bigint[]) WITH ORDINALITY AS w(home_id, n)
    JOIN home h ON h.home_id = w.home_id`,
}

// In a LATERAL with a LIMIT every row is looked up by the whole of its key. As a plain join the planner
// may go through all of a home or a collection instead, as long as it knows nothing of a new table.

export const collectionLookup: Lookup = {
  name: 'collection',
  types: ['bigint', 'text'],
  text: `SELECT w.n, ${home.select('h')}, ${collection.select('c')}
    FROM unnest($1::bigint[], $2::text[]) WITH ORDINALITY AS w(home_id, path, n)
    JOIN home h ON h.home_id = w.home_id
    LEFT JOIN LATERAL (SELECT * FROM collection WHERE home_id = w.home_id AND path = w.path LIMIT 1) AS c ON true`,
}

/** Takes the present, in milliseconds, as its last parameter. */
export const recordLookup: Lookup = {
  name: 'record',
  types: ['bigint', 'text', 'text'],
  text: `SELECT w.n, ${home.select('h')}, ${collection.select('c')}, ${record.select('r')}
    FROM unnest($1::bigint[], $2::text[], $3::text[]) WITH ORDINALITY AS w(home_id, path, id, n)
    JOIN home h ON h.home_id = w.home_id
    LEFT JOIN LATERAL (SELECT * FROM collection WHERE home_id = w.home_id AND path = w.path LIMIT 1) AS c ON true
    LEFT JOIN LATERAL (SELECT * FROM record WHERE home_id = w.home_id AND cid = c.cid AND id = w.id
      AND (expires IS NULL OR expires > $4) LIMIT 1) AS r ON true`,
}

export const accessLookup: Lookup = {
  name: 'access',
  types: ['bigint', 'text'],
  text: `SELECT w.n, h.perm_seq, ${access.select('a')}
    FROM unnest($1::bigint[], $2::text[]) WITH ORDINALITY AS w(home_id, path, n)
    JOIN home h ON h.home_id = w.home_id
    LEFT JOIN LATERAL (SELECT * FROM access WHERE home_id = w.home_id AND path = w.path AND bits <> 0 OFFSET 0) AS a
      ON true`,
}
