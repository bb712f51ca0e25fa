/** Lookups of single rows, each with the home's row of the same snapshot. */
import type { Lookup } from './lookups.ts'
import { access, collection, home, record } from './shapes.ts'

export const homeLookup: Lookup = {
  name: 'home',
  types: ['bigint'],
  text: `SELECT w.n, ${home.select('h')} FROM unnest($1::bigint[]) WITH ORDINALITY AS w(home_id, n)
    JOIN home h ON h.home_id = w.home_id`,
}

export const collectionLookup: Lookup = {
  name: 'collection',
  types: ['bigint', 'text'],
  text: `SELECT w.n, ${home.select('h')}, ${collection.select('c')}
    FROM unnest($1::bigint[], $2::text[]) WITH ORDINALITY AS w(home_id, path, n)
    JOIN home h ON h.home_id = w.home_id
    LEFT JOIN collection c ON c.home_id = w.home_id AND c.path = w.path`,
}

/** Takes the present, in milliseconds, as its last parameter. */
export const recordLookup: Lookup = {
  name: 'record',
  types: ['bigint', 'text', 'text'],
  text: `SELECT w.n, ${home.select('h')}, ${collection.select('c')}, ${record.select('r')}
    FROM unnest($1::bigint[], $2::text[], $3::text[]) WITH ORDINALITY AS w(home_id, path, id, n)
    JOIN home h ON h.home_id = w.home_id
    LEFT JOIN collection c ON c.home_id = w.home_id AND c.path = w.path
    LEFT JOIN record r ON r.home_id = c.home_id AND r.cid = c.cid AND r.id = w.id
      AND (r.expires IS NULL OR r.expires > $4)`,
}

export const accessLookup: Lookup = {
  name: 'access',
  types: ['bigint', 'text'],
  text: `SELECT w.n, h.perm_seq, ${access.select('a')}
    FROM unnest($1::bigint[], $2::text[]) WITH ORDINALITY AS w(home_id, path, n)
    JOIN home h ON h.home_id = w.home_id
    LEFT JOIN access a ON a.home_id = w.home_id AND a.path = w.path AND a.bits <> 0`,
}
