/**
 * Files of our own pages, under `/assets/{build}/` and nothing else, so that the pages' policy can
 * name that one prefix. The build is a hash of the files: they never change under their address.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** A file as it is, and as `scripts/build.mjs` has compressed it. */
interface Asset {
  type: string
  bytes: Buffer
  br: Buffer
  gzip: Buffer
}

/** What the build says of its files. */
type Manifest = Pick<Assets, 'main' | 'preload' | 'signIn'>

export interface Assets {
  /** `/assets/{build}/` */
  prefix: string
  files: ReadonlyMap<string, Asset>
  /** The module that the pages start with; the files that it needs, and those of the sign-in page. */
  main: string
  preload: readonly string[]
  signIn: readonly string[]
}

const types: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
}

/** The one file that may compile WebAssembly: a worker, which has the policy of its own answer. */
const stretch = 'stretch.js'

/** Reads the built pages. Throws when they are missing: the installation is broken. */
export function loadAssets(folder: string): Assets {
  const manifest = JSON.parse(read(folder, 'manifest.json').toString()) as Manifest
  const names = readdirSync(folder).filter((name) => typeOf(name) !== undefined)
  const hash = createHash('sha256')
  const files = new Map<string, Asset>()
  for (const name of names.toSorted()) {
    const [bytes, br, gzip] = ['', '.br', '.gz'].map((end) => read(folder, name + end))
    hash.update(name).update('\0').update(bytes!)
    files.set(name, { type: typeOf(name)!, bytes: bytes!, br: br!, gzip: gzip! })
  }
  return { prefix: `/assets/${hash.digest('hex').slice(0, 16)}/`, files, ...manifest }
}

const typeOf = (name: string): string | undefined => types[name.split('.').at(-1) ?? '']

function read(folder: string, name: string): Buffer {
  try {
    return readFileSync(join(folder, name))
  } catch (error) {
    throw new Error(`the pages are not built: run “npm run build” (${join(folder, name)})`, { cause: error })
  }
}

export function assetRoutes(app: FastifyInstance, assets: Assets): void {
  for (const [name, asset] of assets.files) {
    app.get(`${assets.prefix}${name}`, (request, reply) => {
      void reply
        .headers({
          'Cache-Control': 'public, max-age=31536000, immutable',
          'X-Content-Type-Options': 'nosniff',
          'Cross-Origin-Resource-Policy': 'same-origin',
          'Content-Security-Policy':
            name === stretch
              ? "default-src 'none'; script-src 'wasm-unsafe-eval'"
              : "default-src 'none'; sandbox",
          Vary: 'Accept-Encoding',
        })
        .type(asset.type)
      return sendCoded(request, reply, asset)
    })
  }
}

/** The smallest form that the client takes. */
function sendCoded(request: FastifyRequest, reply: FastifyReply, { bytes, br, gzip }: Asset): FastifyReply {
  const accepted = (request.headers['accept-encoding'] ?? '').slice(0, 256).toLowerCase()
  const takes = (coding: string) =>
    accepted.split(',').some((part) => {
      const [name, q] = part.split(';').map((text) => text.trim())
      return name === coding && !/^q=0(\.0*)?$/.test(q ?? '')
    })
  if (takes('br')) return reply.header('Content-Encoding', 'br').send(br)
  if (takes('gzip')) return reply.header('Content-Encoding', 'gzip').send(gzip)
  return reply.send(bytes)
}

/** The policy of our pages: what they load stands under one prefix of our own origin. */
export function pagePolicy(origin: string, { prefix }: Assets): string {
  const ours = `${origin}${prefix}`
  return [
    "default-src 'none'",
    `script-src ${ours}`,
    `style-src ${ours}`,
    `worker-src ${ours}`,
    // `blob:` is a picture that the person has just chosen.
    `img-src ${ours} ${origin}/avatar/ blob:`,
    // Besides the API: the channel by which two browsers pair.
    `connect-src ${origin}/api/ ${origin.replace(/^http/, 'ws')}/v1/ws/`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    // Lit's templates are constants of the code; the other lets the worker's one address through.
    'trusted-types lit-html essaim-worker',
  ].join('; ')
}
