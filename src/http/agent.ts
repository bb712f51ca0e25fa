/** Names a browser from its User-Agent header, for people's own lists. Says nothing that only experts read. */

const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:HeadlessChrome|Chrome|CriOS)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
]
const systems: readonly (readonly [RegExp, string])[] = [
  [/\bAndroid\b/, 'Android'],
  [/\biPad\b/, 'iPad'],
  [/\biPhone\b/, 'iPhone'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'Mac'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
]

/** Such as `Firefox on Linux`; an empty text where nothing is known. At most 40 characters. */
export function agentName(userAgent: string | undefined): string {
  const header = (userAgent ?? '').slice(0, 512)
  const browser = browsers.find(([pattern]) => pattern.test(header))?.[1]
  const system = systems.find(([pattern]) => pattern.test(header))?.[1]
  if (browser && system) return `${browser} · ${system}`
  return browser ?? system ?? ''
}
