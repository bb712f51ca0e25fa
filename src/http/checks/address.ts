/**
 * The checks of the address under which people reach the server, from DNS to the proxy in front: the same on the command
 * line, on the first-run page and on the administrator's. Nobody but the two configured addresses is contacted.
 */
import { checkCertificate, printable } from './certificate.ts'
import { checkPath } from '../paths.ts'
import { checkHeader, type Echo, type Seen } from './echo.ts'
import { isLoopback, recordOf } from './networks.ts'
import { checkName } from './names.ts'
import { checkProxy, claimedAddress, isProxied } from './proxy.ts'
import { checkSigned } from './signed.ts'
import { checkSettings, hostOf, hostPort, isOwnName, portOf } from './settings.ts'
import type { AddressInput, Answer, Finding, Probes, Resolved, Trouble } from './types.ts'

/** Colon and slash, coded: what proxies like to rewrite. */
const probePath = `${checkPath}/a%2Fb%3Ac`
/** Milliseconds by which the clock of whoever answers may differ. */
const drift = 60_000

/** What came of asking at one address. */
interface Outcome {
  address: string
  answer: Answer | Trouble
  /** How the request arrived, if this server answered. */
  seen: Seen | undefined
}

/**
 * Looks at the public and the content address as a device would reach them. Takes at most some 20 seconds, and never
 * throws for what is at the other end.
 */
export async function checkLive(input: AddressInput, probes: Probes, echo: Echo): Promise<Finding[]> {
  const origins = [...new Set([input.publicUrl, input.contentUrl])]
  const live = await Promise.all(origins.map((url) => checkOrigin(url, input, probes, echo)))
  return live.flat()
}

/** Looks at the settings, then at what they lead to. */
export async function checkAddress(input: AddressInput, probes: Probes, echo: Echo): Promise<Finding[]> {
  return [...checkSettings(input, probes.now()), ...(await checkLive(input, probes, echo))]
}

async function checkOrigin(url: string, input: AddressInput, probes: Probes, echo: Echo): Promise<Finding[]> {
  const own = isOwnName(hostOf(url))
  const found = own ? ownAddress(url, input) : await probes.resolve(hostOf(url))
  // One of each kind: devices take either.
  const addresses = [found.four[0], found.six[0]].filter((address) => address !== undefined)
  const outcomes = await Promise.all(addresses.map((address) => ask(url, address, probes, echo)))
  const ours = outcomes.find(({ seen }) => seen)
  const best = ours ?? outcomes.find(({ answer }) => typeof answer !== 'string') ?? outcomes[0]
  return [
    ...(own ? [] : checkName(url, found, ours !== undefined, probes.ownAddresses(), input)),
    ...(best ? findingsOf(url, best, input, probes.now()) : []),
    ...(ours ? outcomes.filter((one) => !one.seen).flatMap((one) => silentFamily(url, one)) : []),
    ...(ours?.seen && url === input.publicUrl
      ? [
          ...(await checkSize(url, ours.address, ours.seen, input, probes)),
          ...(await checkSigned(
            { url, target: probePath, seen: ours.seen },
            ours.address,
            input,
            probes,
            echo,
          )),
        ]
      : []),
  ]
}

/** By what a name of this machine itself is asked: where the server listens, if that is loopback too. */
function ownAddress(url: string, { listen }: AddressInput): Resolved {
  const host = hostOf(url)
  const address = isLoopback(host) ? host : listen.host === '::1' ? '::1' : '127.0.0.1'
  return recordOf(address) === 'A'
    ? { four: [address], six: [], source: 'system' }
    : { four: [], six: [address], source: 'system' }
}

async function ask(url: string, address: string, probes: Probes, echo: Echo): Promise<Outcome> {
  const question = echo.question()
  const headers = { [checkHeader]: question, 'X-Forwarded-For': claimedAddress }
  const answer = await probes.get({ url: url + probePath, address, headers })
  const seen = typeof answer === 'string' ? undefined : echo.read(question, answer.body)
  return { address, answer, seen }
}

function findingsOf(url: string, outcome: Outcome, input: AddressInput, now: number): Finding[] {
  const { answer, seen, address } = outcome
  if (typeof answer === 'string') return [trouble(url, address, answer, input)]
  const findings: Finding[] = []
  if (answer.certificate) findings.push(checkCertificate(url, answer.certificate, now))
  if (!seen) return [...findings, other(url, answer, input)]
  findings.push({ code: 'answer-ours', level: 'ok', values: { url } })
  findings.push(...checkProxy({ url, target: probePath, seen }, input))
  const away = Math.abs(Date.parse(answer.headers['date'] ?? '') - now)
  if (away > drift)
    findings.push({ code: 'clock-proxy', level: 'warn', values: { url, seconds: Math.round(away / 1000) } })
  return findings
}

const troubleCodes = {
  refused: 'port-refused',
  silent: 'port-silent',
  unreachable: 'port-unreachable',
  'no-tls': 'tls-missing',
  broken: 'port-broken',
} as const satisfies Record<Trouble, Finding['code']>

function trouble(url: string, address: string, what: Trouble, { listen }: AddressInput): Finding {
  const values = {
    host: hostOf(url),
    address,
    type: recordOf(address),
    port: portOf(url),
    scheme: new URL(url).protocol.slice(0, -1),
    listen: hostPort(listen),
  }
  return { code: troubleCodes[what], level: 'wrong', values }
}

/** Somebody answered who is not this server. */
function other(url: string, { status, headers }: Answer, { listen }: AddressInput): Finding {
  const values = { url, host: hostOf(url), status, listen: hostPort(listen) }
  const location = status >= 300 && status < 400 && URL.parse(headers['location'] ?? '', url)
  if (location && location.origin !== url && /^https?:$/.test(location.protocol))
    return { code: 'answer-elsewhere', level: 'wrong', values: { ...values, location: location.origin } }
  if (status >= 502 && status <= 504) return { code: 'answer-gateway', level: 'wrong', values }
  const server = headers['server'] === undefined ? '' : `, ${printable(headers['server'])}`
  return { code: 'answer-other', level: 'wrong', values: { ...values, server } }
}

/** One kind of address answers and the other does not. That this machine has no IPv6 itself says nothing. */
function silentFamily(url: string, { address, answer }: Outcome): Finding[] {
  if (answer === 'unreachable') return []
  const values = { host: hostOf(url), address, port: portOf(url), type: recordOf(address) }
  return [{ code: 'family-silent', level: 'warn', values }]
}

const mib = 1024 * 1024

async function checkSize(
  url: string,
  address: string,
  seen: Seen,
  { bodyLimit }: AddressInput,
  probes: Probes,
): Promise<Finding[]> {
  if (!isProxied({ url, target: probePath, seen })) return []
  const status = await probes.announce({ url: url + probePath, address, headers: {} }, bodyLimit)
  if (status !== 413) return []
  const size = `${Math.ceil(bodyLimit / mib)}m`
  return [{ code: 'proxy-size', level: 'wrong', values: { size, status } }]
}
