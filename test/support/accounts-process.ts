/**
 * An accounts server in the manner of Mozilla's as a process of its own: `node accounts-process.ts PORT`. It shows its
 * keys at `/v1/jwks`, and gives a token for what stands in the query of `/token`: any claim, and `typ`, `key` (`other`:
 * one that it does not show).
 */
import { createServer } from 'node:http'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'

const port = Number(process.argv[2])
const own = await generateKeyPair('RS256')
const other = await generateKeyPair('RS256')
const keys = [{ ...(await exportJWK(own.publicKey)), kid: 'own', alg: 'RS256', use: 'sig' }]

async function tokenOf(query: URLSearchParams): Promise<string> {
  const { typ = 'at+jwt', key, ttl = '3600', ...claims } = Object.fromEntries(query)
  const generation = Number(claims['fxa-generation'] ?? Number.NaN)
  const all = { ...claims, ...(Number.isNaN(generation) ? {} : { 'fxa-generation': generation }) }
  const now = Math.floor(Date.now() / 1_000)
  const signing = key === 'other' ? other.privateKey : own.privateKey
  return new SignJWT({ iss: `http://127.0.0.1:${port}`, ...all, exp: now + Number(ttl) })
    .setProtectedHeader({ alg: 'RS256', kid: 'own', typ })
    .sign(signing)
}

createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://x')
  const json = (body: unknown) =>
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
  if (pathname === '/v1/jwks') json({ keys })
  else if (pathname === '/token')
    tokenOf(searchParams).then(
      (token) => json({ token }),
      (error: unknown) => response.writeHead(500).end(String(error)),
    )
  else response.writeHead(404).end()
}).listen(port, '127.0.0.1', () => process.stdout.write('listens\n'))
