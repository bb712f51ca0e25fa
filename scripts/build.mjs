// Bundles the server into dist/ and our pages into dist/web/. A bundled server starts faster than the sources and
// with less memory, since nothing has to be stripped of its types; what is loaded on first use stays in files of its
// own. The pages are also written compressed, once, as small as they get. `--web`: the pages alone, which is what a
// server that runs from its sources needs.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))

/** True when `out` is there and no file that goes into it is newer. */
function current(out, folders) {
  if (!existsSync(root + out)) return false
  const sources = folders.flatMap((folder) =>
    readdirSync(root + folder, { recursive: true })
      .map((name) => `${folder}/${name}`)
      .filter((name) => /\.(ts|css|svg)$/.test(name) && !name.endsWith('.test.ts')),
  )
  const files = [...sources, 'package-lock.json', 'scripts/build.mjs']
  return Math.max(...files.map((name) => statSync(root + name).mtimeMs)) <= statSync(root + out).mtimeMs
}

async function buildServer() {
  await build({
    absWorkingDir: root,
    entryPoints: { main: 'src/main.ts', 'store/sqlite/worker': 'src/store/sqlite/worker.ts' },
    outdir: 'dist',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    logLevel: 'warning',
    // Native code, what looks for its own files, and what tells its classes apart by their names.
    external: ['@node-rs/argon2', 'oidc-provider', 'pg-native', 'pino', 'thread-stream'],
    banner: {
      js: "import { createRequire as createRequireForBundle } from 'node:module'; const require = createRequireForBundle(import.meta.url);",
    },
  })
}

/** The names of all files that an entry imports at once, itself included. */
function filesOf({ outputs }, entry) {
  const [first] = Object.entries(outputs).find(([, { entryPoint }]) => entryPoint === entry)
  const found = new Set([first])
  for (const path of found)
    for (const one of outputs[path].imports) if (one.kind === 'import-statement') found.add(one.path)
  return [...found].map((path) => path.slice(path.lastIndexOf('/') + 1))
}

async function buildPages() {
  // Another process may be reading the old ones, or building too: they are replaced as a whole.
  const folder = `dist/web-${process.pid}`
  const common = {
    absWorkingDir: root,
    outdir: folder,
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['es2022', 'chrome120', 'firefox128', 'safari17'],
    loader: { '.svg': 'copy' },
    legalComments: 'none',
    logLevel: 'warning',
  }
  mkdirSync(root + folder, { recursive: true })
  try {
    const { metafile } = await build({
      ...common,
      entryPoints: {
        main: 'web/src/main.ts',
        style: 'web/src/style/index.css',
        icon: 'web/src/style/icon.svg',
      },
      splitting: true,
      chunkNames: '[name]-[hash]',
      metafile: true,
    })
    // The worker's answer has a policy of its own, so it shares no file with the pages. The rules for passwords are
    // the server's: the pages load them beside their own code.
    for (const entryPoints of [{ stretch: 'web/src/stretch.ts' }, { weak: 'src/identity/weak.ts' }])
      await build({ ...common, entryPoints })
    const manifest = { main: 'main.js', preload: filesOf(metafile, 'web/src/main.ts') }
    // Whoever comes to the root most often wants to sign in.
    manifest.signIn = filesOf(metafile, 'web/src/pages/sign-in.ts')
    writeFileSync(`${root}${folder}/manifest.json`, JSON.stringify(manifest))
    for (const file of readdirSync(root + folder)) {
      if (!/\.(js|css|svg)$/.test(file)) continue
      const bytes = readFileSync(`${root}${folder}/${file}`)
      const params = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length }
      writeFileSync(`${root}${folder}/${file}.br`, brotliCompressSync(bytes, { params }))
      writeFileSync(`${root}${folder}/${file}.gz`, gzipSync(bytes, { level: 9 }))
    }
    rmSync(`${root}dist/web`, { recursive: true, force: true })
    renameSync(root + folder, `${root}dist/web`)
  } finally {
    rmSync(root + folder, { recursive: true, force: true })
  }
}

if (!current('dist/web/manifest.json', ['web/src', 'client/src', 'src/identity'])) await buildPages()
if (!process.argv.includes('--web') && !current('dist/main.js', ['src'])) await buildServer()
