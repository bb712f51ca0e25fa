/** Somebody starts a server for the first time, and opens the link that it printed in a browser. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'
import type { Browser, Page } from 'puppeteer-core'
import { openBrowser } from '../support/browser.ts'
import { essaim, placeOf } from '../support/command.ts'
import { faultsOfLooks } from '../support/looks.ts'
import { basic } from '../support/people.ts'
import { startServer, type TestServer } from '../support/server.ts'

const password = 'five geese fly to Lorient'

/** A page that notes what its policy stopped and what the browser complained of. */
async function openPage(browser: Browser, language = 'en'): Promise<{ page: Page; violations: string[] }> {
  const page = await (await browser.createBrowserContext()).newPage()
  await page.setExtraHTTPHeaders({ 'Accept-Language': language })
  const violations: string[] = []
  await page.exposeFunction('noteViolation', (text: string) => violations.push(text))
  await page.evaluateOnNewDocument(() => {
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
      (globalThis as unknown as { noteViolation(text: string): void }).noteViolation(
        `${violatedDirective} ${blockedURI}`,
      ),
    )
  })
  page.on('pageerror', (error) => violations.push(String(error)))
  return { page, violations }
}

/** What the page says in its alert, once it says something. */
async function alert(page: Page): Promise<string> {
  const said = await page.waitForFunction(
    () => document.querySelector('form [role=alert]')?.textContent?.trim() || undefined,
  )
  return (await said.jsonValue()) ?? ''
}

async function fill(page: Page, login: string, secret: string): Promise<void> {
  for (const [field, text] of [
    ['#login', login],
    ['#password', secret],
  ] as const) {
    await page.$eval(field, (input) => ((input as HTMLInputElement).value = ''))
    await page.type(field, text)
  }
  await page.click('form button')
}

const statusAs = async (server: TestServer, login: string) => {
  const answer = await fetch(`${server.url}/v1/`, { headers: { Authorization: basic(login, password) } })
  await answer.arrayBuffer()
  return answer.status
}

test('the first person opens the link that the server printed', async (t) => {
  const browser = await openBrowser(t)
  if (!browser) return
  const server = await startServer(t)
  const link = await server.firstRun()
  const { page, violations } = await openPage(browser)
  const bare = link.split('#')[0]!

  await t.test('the token leaves the address bar and the history', async () => {
    assert.match(link, /^http:\/\/localhost:\d+\/setup#[\w-]{22,}$/)
    await page.goto(link)
    await page.waitForSelector('form:not([hidden])')
    assert.equal(page.url(), bare)
    await page.goto(new URL('/__version__', link).href)
    await page.goBack()
    assert.equal(page.url(), bare)
  })

  await t.test('without the part behind the # it says what is missing', async () => {
    await page.goto('about:blank')
    await page.goto(bare)
    assert.match(await alert(page), /with what follows the #/)
  })

  await t.test('a token that the server did not give opens nothing', async () => {
    await page.goto('about:blank')
    await page.goto(`${bare}#${'x'.repeat(43)}`)
    await fill(page, 'alice', password)
    assert.match(await alert(page), /was used or is too old/)
    assert.equal(await statusAs(server, 'alice'), 401)
  })

  await t.test(
    'a weak password and a name of the server’s own are refused, and the link is still good',
    async () => {
      await page.goto('about:blank')
      await page.goto(link)
      await page.waitForSelector('form:not([hidden])')
      await fill(page, 'alice', 'short')
      assert.equal(
        await page.$eval('#password', (input) => (input as HTMLInputElement).validity.tooShort),
        true,
      )
      await fill(page, 'alice', 'password')
      assert.match(await alert(page), /too short or too well known/)
      await fill(page, 'admin', password)
      await page.waitForFunction(() =>
        document.querySelector('form [role=alert]')?.textContent?.includes('reserved'),
      )
      await fill(page, 'Alice!', password)
      assert.equal(
        await page.$eval('#login', (input) => (input as HTMLInputElement).validity.patternMismatch),
        true,
      )
    },
  )

  await t.test(
    'nothing that the page does is against its own policy, and what is foreign to it is stopped',
    async () => {
      assert.deepEqual([...violations], [])
      const stopped = await page.evaluate(async () => {
        const outcomes: string[] = []
        const script = document.createElement('script')
        try {
          script.textContent = 'globalThis.planted = true'
        } catch {
          outcomes.push('script text')
        }
        try {
          document.querySelector('main')!.innerHTML = '<img src=x onerror="globalThis.planted = true">'
        } catch {
          outcomes.push('markup')
        }
        const frame = document.createElement('iframe')
        frame.src = '/__version__'
        document.body.append(frame)
        await fetch('http://localhost:9/').catch(() => outcomes.push('foreign address'))
        if ('planted' in globalThis) outcomes.push('planted')
        return outcomes
      })
      assert.deepEqual(stopped, ['script text', 'markup', 'foreign address'])
      await page.waitForFunction(() => true)
      assert.ok(
        violations.some((one) => one.startsWith('frame-src')),
        violations.join(),
      )
      assert.ok(
        violations.some((one) => one.startsWith('connect-src')),
        violations.join(),
      )
    },
  )

  await t.test('another site’s page can neither post nor show it', async () => {
    const foreign = await otherSite(t)
    const { page: attacker } = await openPage(browser)
    await attacker.goto(foreign)
    const outcomes = await attacker.evaluate(
      async (target, token, secret) => {
        const body = JSON.stringify({ token, login: 'mallory', password: secret })
        const post = (init: RequestInit) =>
          fetch(target, { method: 'POST', body, ...init }).then(
            ({ type, status }) => `${type} ${status}`,
            () => 'failed',
          )
        return [
          await post({ headers: { 'Content-Type': 'application/json' } }),
          await post({ mode: 'no-cors' }),
          await post({ mode: 'no-cors', headers: { 'Content-Type': 'text/plain' }, credentials: 'include' }),
        ]
      },
      bare,
      link.split('#')[1]!,
      password,
    )
    assert.deepEqual(outcomes, ['failed', 'failed', 'failed'], 'the answer tells nothing')
    assert.equal(await statusAs(server, 'mallory'), 401)
    const post = (headers: Record<string, string>) =>
      fetch(bare, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...headers },
        body: JSON.stringify({ token: link.split('#')[1], login: 'mallory', password }),
      }).then(({ status }) => status)
    assert.equal(await post({ Origin: 'https://attacker.example' }), 403)
    assert.equal(await post({ 'Sec-Fetch-Site': 'cross-site' }), 403)
    assert.equal(await post({ 'Sec-Fetch-Site': 'same-site' }), 403)
    const { headers } = await fetch(bare)
    assert.match(headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/)
    assert.equal(headers.get('access-control-allow-origin'), null)
  })

  await t.test('under a foreign host name nothing is shown', async () => {
    assert.equal(await statusUnderHost(bare, 'attacker.example'), 421)
    assert.equal(await statusUnderHost(bare, new URL(bare).host), 200)
  })

  await t.test('by the keyboard alone: name, password, Enter, and the outcome has the focus', async () => {
    const fresh = await openPage(browser)
    await fresh.page.goto(link)
    await fresh.page.waitForSelector('form:not([hidden])')
    assert.equal(await focused(fresh.page), 'login')
    await fresh.page.keyboard.type('alice')
    await fresh.page.keyboard.press('Tab')
    assert.equal(await focused(fresh.page), 'password')
    assert.ok(await hasFocusRing(fresh.page))
    await fresh.page.keyboard.type(password)
    await fresh.page.keyboard.press('Tab')
    assert.equal(await focused(fresh.page), 'button')
    assert.ok(await hasFocusRing(fresh.page))
    await fresh.page.keyboard.press('Enter')
    await fresh.page.waitForSelector('#done:not([hidden])')
    assert.equal(await focused(fresh.page), 'done')
    assert.match(
      await fresh.page.$eval('#done', ({ textContent }) => textContent ?? ''),
      /The account is made/,
    )
    assert.deepEqual(await faultsOfLooks(fresh.page), [])
    assert.deepEqual(fresh.violations, [])
    assert.equal(await statusAs(server, 'alice'), 200)
  })

  await t.test('the link is good once, and no other is given', async () => {
    const { page: late } = await openPage(browser)
    await late.goto(link)
    await late.waitForSelector('form:not([hidden])')
    await fill(late, 'mallory', password)
    assert.match(await alert(late), /has its owner already/)
    assert.equal(await statusAs(server, 'mallory'), 401)
    const asked = await essaim(['setup-link'], placeOf(server))
    assert.equal(asked.code, 1)
    assert.match(asked.stderr, /has its owner already/)
    await server.restart()
    assert.doesNotMatch(server.output().slice(server.output().indexOf(link) + link.length), /First run:/)
  })
})

test('the page in both languages, on small and large screens, in light and dark', async (t) => {
  const browser = await openBrowser(t)
  if (!browser) return
  const server = await startServer(t)
  const link = await server.firstRun()

  await t.test('it speaks the language that the browser prefers', async () => {
    const shown: string[][] = []
    for (const language of ['fr-FR,fr;q=0.9,en;q=0.5', 'de,en;q=0.5', 'ja']) {
      const { page } = await openPage(browser, language)
      await page.goto(link)
      await page.waitForSelector('form:not([hidden])')
      const [lang, title] = await page.evaluate(() => [document.documentElement.lang, document.title])
      shown.push([lang ?? '', title ?? '', ...(await namesOf(page))])
    }
    const english = ['en', 'Welcome to Essaim', 'Name', 'Password', 'Make the account']
    assert.deepEqual(shown, [
      ['fr', 'Bienvenue dans Essaim', 'Nom', 'Mot de passe', 'Créer le compte'],
      english,
      english,
    ])
  })

  for (const language of ['en', 'fr']) {
    for (const width of [360, 1440]) {
      for (const scheme of ['light', 'dark']) {
        await t.test(`${language}, ${width} px, ${scheme}: it fits, and can be read`, async () => {
          const { page, violations } = await openPage(browser, language)
          await page.setViewport({ width, height: 800 })
          await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }])
          await page.goto(`${link.split('#')[0]}`)
          await alert(page) // its longest sentence is shown too
          assert.deepEqual(await faultsOfLooks(page), [])
          const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor)
          const [red = 0] = (ground.match(/\d+/g) ?? []).map(Number)
          assert.equal(red < 128, scheme === 'dark')
          assert.deepEqual([...violations], [])
        })
      }
    }
  }

  await t.test('with text of twice the size it still fits', async () => {
    const { page } = await openPage(browser, 'fr')
    await page.setViewport({ width: 360, height: 800 })
    await page.goto(link)
    await page.waitForSelector('form:not([hidden])')
    // As a person's own setting would: the style of the page itself counts in rem.
    await page.evaluate(() => (document.documentElement.style.fontSize = '200%'))
    assert.deepEqual(await faultsOfLooks(page), [])
  })

  await t.test('without JavaScript it says that it needs it', async () => {
    const { page } = await openPage(browser)
    await page.setJavaScriptEnabled(false)
    await page.goto(link)
    const text = await page.$eval('main', (main) => (main as HTMLElement).innerText)
    assert.match(text, /needs JavaScript/)
    assert.doesNotMatch(text, /Make the account/)
  })
})

test('while there is no owner, each start prints a link, and no door makes an account', async (t) => {
  const server = await startServer(t)
  const first = await server.firstRun()
  await server.restart()
  const second = await server.firstRun()
  assert.notEqual(first, second)
  const third = await essaim(['setup-link'], placeOf(server))
  assert.equal(third.code, 0, third.stderr)
  assert.match(third.stdout.trim(), /\/setup#[\w-]{22,}$/)
  for (const headers of [{}, { Authorization: basic('alice', password) }]) {
    const answer = await fetch(`${server.url}/v1/accounts/alice`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify({ data: { password } }),
    })
    assert.ok([401, 403].includes(answer.status), await answer.text())
  }
  const early = await essaim(['account', 'create', 'bob'], placeOf(server), password)
  assert.equal(early.code, 1)
  assert.match(early.stderr, /owner/)
})

/** Names of the fields and buttons, as a screen reader has them. */
async function namesOf(page: Page): Promise<string[]> {
  const tree = await page.accessibility.snapshot()
  const all = (node: typeof tree): { role: string; name?: string | undefined }[] =>
    node ? [node, ...(node.children ?? []).flatMap(all)] : []
  return all(tree)
    .filter(({ role }) => role === 'textbox' || role === 'button')
    .map(({ name = '' }) => name)
}

const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.id || document.activeElement?.localName)

const hasFocusRing = (page: Page) =>
  page.evaluate(() => parseFloat(getComputedStyle(document.activeElement!).outlineWidth) >= 2)

/** A page of another site on this machine. */
async function otherSite(t: TestContext): Promise<string> {
  const server = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html')
    response.end('<!doctype html><link rel="icon" href="data:,">')
  }).listen(0, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

async function statusUnderHost(url: string, host: string): Promise<number | undefined> {
  const asked = request(url, { headers: { Host: host } }).end()
  const [answer] = await once(asked, 'response')
  answer.resume()
  return answer.statusCode
}
