// Writes the generated parts of the documentation; with `--check`, only says whether they are current.
import { readFileSync, writeFileSync } from 'node:fs'
import { moduleWords, standardScopes } from '../src/core/apps/index.ts'
import { optionList } from '../src/config.ts'
import { scopes } from '../src/doors.ts'

const cell = (text) => text.replaceAll('|', '\\|')

/** The table of options, in the order of src/config.ts. */
function optionTable() {
  const rows = optionList.map(({ env, kind, default: fallback, otherwise, secret, help }) => {
    const holds = fallback ? `\`${fallback}\`` : (otherwise ?? 'empty')
    const name = secret ? `\`${env}\`, \`${env}_FILE\`` : `\`${env}\``
    return `| ${name} | ${cell(kind.form)} | ${cell(holds)} | ${cell(help)} |`
  })
  return ['| option | values | without it | what it does |', '|---|---|---|---|', ...rows].join('\n')
}

/** Every scope that can be asked for, by door. */
function scopeTable() {
  const row = (text, { title, description }) =>
    `| \`${text}\` | ${cell(title.en)} | ${cell(description.en)} | ${cell(title.fr)} |`
  const head = ['| scope | in words | what it comes to | in French |', '|---|---|---|---|']
  const ofDoor = ({ name, scopes: own }) =>
    own.flatMap((scope) => [
      row(`${name}:${scope.verb}`, scope),
      ...(scope.one ? [row(`${name}:{target}:${scope.verb}`, scope.one)] : []),
    ])
  const modules =
    scopes.storage.length === 0 ? [] : ['r', 'rw'].map((verb) => row(`{target}:${verb}`, moduleWords[verb]))
  const bundles = scopes.bundles.map((bundle) => {
    const holds = bundle.scopes.map((scope) => `\`${scope}\``).join(', ')
    return `| \`include:${bundle.name}\` | ${cell(bundle.title.en)} | ${cell(bundle.description.en)} That is: ${holds}. | ${cell(bundle.title.fr)} |`
  })
  const standard = Object.entries(standardScopes).map(([name, words]) => row(name, words))
  return [...head, ...standard, ...bundles, ...modules, ...scopes.doors.flatMap(ofDoor)].join('\n')
}

const parts = [
  ['docs/operating.md', 'options', optionTable],
  ['docs/scopes.md', 'scopes', scopeTable],
]

let stale = false
for (const [file, name, render] of parts) {
  const url = new URL(`../${file}`, import.meta.url)
  const [begin, end] = [`<!-- ${name}: npm run docs -->`, `<!-- end of ${name} -->`]
  const text = readFileSync(url, 'utf8')
  const [before, rest] = text.split(begin)
  const after = rest?.split(end)[1]
  if (after === undefined) throw new Error(`${file} has no part "${name}"`)
  const fresh = `${before}${begin}\n${render()}\n${end}${after}`
  if (fresh === text) continue
  stale = true
  if (process.argv.includes('--check')) process.stderr.write(`${file} is not current: run "npm run docs"\n`)
  else writeFileSync(url, fresh)
}
if (stale && process.argv.includes('--check')) process.exitCode = 1
