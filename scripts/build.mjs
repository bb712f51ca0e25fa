// Bundles the server into dist/: it starts faster than the sources and with less memory, since nothing has to
// be stripped of its types. What is loaded on first use stays in files of its own.
import { existsSync, readdirSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const out = `${root}dist/main.js`

/** The time of the newest file that goes into the bundle. */
function newest() {
  const sources = readdirSync(`${root}src`, { recursive: true }).filter((name) => name.endsWith('.ts'))
  const files = [...sources.map((name) => `src/${name}`), 'package-lock.json', 'scripts/build.mjs']
  return Math.max(...files.map((name) => statSync(root + name).mtimeMs))
}

if (!existsSync(out) || statSync(out).mtimeMs < newest()) {
  await build({
    absWorkingDir: root,
    entryPoints: { main: 'src/main.ts', 'store/sqlite/worker': 'src/store/sqlite/worker.ts' },
    outdir: 'dist',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'warning',
    // Native code, and what looks for its own files.
    external: ['@node-rs/argon2', 'pg-native', 'pino', 'thread-stream'],
    banner: {
      js: "import { createRequire as createRequireForBundle } from 'node:module'; const require = createRequireForBundle(import.meta.url);",
    },
  })
}
