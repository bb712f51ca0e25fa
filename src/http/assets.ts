/**
 * Files of our own pages, under `/assets/{build}/` and nothing else, so that the pages' policy can
 * name that one prefix. The build is a hash of the files: they never change under their address.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'

export interface Assets {
  /** `/assets/{build}/` */
  prefix: string
  files: ReadonlyMap<string, { type: string; bytes: Buffer }>
}

const types: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
}

/** Reads the named files of a folder. Throws when one is missing: the installation is broken. */
export function loadAssets(folder: string, names: readonly string[]): Assets {
  const hash = createHash('sha256')
  const files = new Map<string, { type: string; bytes: Buffer }>()
  for (const name of names.toSorted()) {
    const bytes = readFileSync(join(folder, name))
    hash.update(name).update('\0').update(bytes)
    files.set(name, { type: types[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream', bytes })
  }
  return { prefix: `/assets/${hash.digest('hex').slice(0, 16)}/`, files }
}

export function assetRoutes(app: FastifyInstance, assets: Assets): void {
  for (const [name, { type, bytes }] of assets.files) {
    app.get(`${assets.prefix}${name}`, (_request, reply) =>
      reply
        .headers({
          'Cache-Control': 'public, max-age=31536000, immutable',
          'X-Content-Type-Options': 'nosniff',
          'Content-Security-Policy': "default-src 'none'; sandbox",
        })
        .type(type)
        .send(bytes),
    )
  }
}

/** The policy of our pages: what they load stands under one prefix of our own origin. */
export function pagePolicy(origin: string, assets: Assets): string {
  const prefix = `${origin}${assets.prefix}`
  return [
    "default-src 'none'",
    `script-src ${prefix}`,
    `style-src ${prefix}`,
    `img-src ${prefix}`,
    `connect-src ${origin}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ')
}
