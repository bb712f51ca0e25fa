// Writes the generated parts of the documentation; with `--check`, only says whether they are current.
import { readFileSync, writeFileSync } from 'node:fs'
import { optionList } from '../src/config.ts'

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

const parts = [['docs/operating.md', 'options', optionTable]]

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
