/** For unit tests: doors that keep nothing, and what is asked of them. */
import { LIST, READ, SEND, WRITE } from '../permissions/index.ts'
import { createRegistry, type ScopeDoor } from './registry.ts'

const words = (text: string) => ({ en: text, fr: `${text} (fr)` })
const scope = (verb: string, path: string, bits: number, one = false) => ({
  verb,
  path,
  bits,
  title: words(`${verb} everything`),
  description: words('All of it.'),
  ...(one ? { one: { title: words(`${verb} “{target}”`), description: words('Only “{target}”.') } } : {}),
})

/** Boxes with things in them, of which `box/locked` is nobody's. */
export const boxes: ScopeDoor = {
  name: 'boxes',
  scopes: [
    scope('r', 'boxes', READ | LIST, true),
    scope('rw', 'boxes', WRITE, true),
    scope('send', 'boxes', SEND),
  ],
  targets: {
    question: words('Which box?'),
    isTarget: (text) => /^[a-z]+(\/[a-z]+)?$/.test(text),
    find: async (_reads, { home }, target) =>
      target === 'locked' ? undefined : { home, path: `boxes/${target}` },
    list: async () => [{ target: 'red', title: 'Red' }],
    titleOf: (target) => target,
    nameOf: (path) => path.split('/')[1],
  },
  modulePaths: (module) => [`boxes/${module}`],
}

/** Cards with fields. */
export const cards: ScopeDoor = {
  name: 'cards',
  scopes: [
    {
      ...scope('r', 'cards', READ | LIST),
      fields: [
        { name: 'name', title: words('Name') },
        { name: 'email', title: words('E-mail') },
      ],
    },
  ],
  modulePaths: (module) => [`cards/${module}`, `cards/public/${module}`],
}

export const registry = createRegistry(
  [boxes, cards],
  [
    {
      name: 'starter',
      title: words('Start'),
      description: words('All that it takes.'),
      scopes: ['openid', 'boxes:pick:rw'],
    },
  ],
)
