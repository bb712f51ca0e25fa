/** Somebody starts a server for the first time, and opens the link that it printed in a browser. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'
import type { Page } from 'puppeteer-core'
import { axeFaults } from '../support/axe.ts'
import { essaim, placeOf } from '../support/command.ts'
import { tabTo } from '../support/keyboard.ts'
import { faultsOfLooks } from '../support/looks.ts'
import { openBrowserNamed } from '../support/pages.ts'
import { basic } from '../support/people.ts'
import { firstRun, openDevice, pagesOf } from '../support/person-at-pages.ts'
import { startServer } from '../support/server.ts'

const password = 'five geese fly to Lorient'

test('the first person opens the link that the server printed', async (t) => {
  const browser = await openBrowserNamed(t, 'chromium')
  if (!browser) return
  const server = await startServer(t)
  const link = await server.firstRun()
  const bare = link.split('#')[0]!

  await t.test('the token leaves the address bar and the history', async () => {
    assert.match(link, /^http:\/\/localhost:\d+\/setup#[\w-]{22,}$/)
    const { page, visit, sees } = await openDevice(browser, server)
    await visit(`/setup#${link.split('#')[1]}`)
    await sees('Welcome to Essaim')
    assert.equal(page.url(), bare)
    await page.goto(`${pagesOf(server)}/__version__`)
    await page.goBack()
    assert.equal(page.url(), bare)
  })

  await t.test('without the part behind the # it says what is missing', async () => {
    const device = await openDevice(browser, server, '/setup')
    await device.sees('with what follows the #')
  })

  await t.test('a token that the server did not give opens nothing', async () => {
    const device = await openDevice(browser, server, `/setup#${'x'.repeat(43)}`)
    await device.sees('was used or is too old')
    await device.press('Go on')
    await device.fill({ login: 'alice', password })
    await device.press('Make the account')
    await device.sees('was used or is too old')
  })

  await t.test(
    'weak passwords and names of the server’s own are refused, and the link is still good',
    async () => {
      const device = await openDevice(browser, server)
      await device.visit(`/setup#${link.split('#')[1]}`)
      await device.sees('This server answers at')
      await device.press('Go on')
      await device.fill({ login: 'alice', password: 'short' })
      await device.sees('Too short: at least 8 characters.')
      await device.fill({ password: 'password' })
      await device.sees('One of those that are guessed first.')
      await device.press('Make the account')
      await device.sees('This password is too easy to guess.')
      await device.fill({ password: 'ecila123' })
      await device.sees('Too much like the name.')
      await device.fill({ login: 'admin', password })
      await device.press('Make the account')
      await device.sees('This name is reserved.')
      await device.fill({ login: 'Alice!' })
      const wrong = await device.page.$eval(
        '#login',
        (input) => (input as HTMLInputElement).validity.patternMismatch,
      )
      assert.equal(wrong, true)
      assert.deepEqual(await device.faults(), [])
    },
  )

  await t.test('what is foreign to the page is stopped', async () => {
    const { page, sees } = await openDevice(browser, server, '/setup')
    await sees('Welcome')
    const stopped = await page.evaluate(plant)
    assert.deepEqual(stopped, ['script text', 'worker', 'markup', 'foreign address', 'own address'])
    await page.evaluate(() => {
      const script = document.createElement('link')
      script.rel = 'stylesheet'
      script.href = '/v1/'
      document.head.append(script)
    })
    const seen = () => (globalThis as unknown as { essaimFaults: string[] }).essaimFaults
    await page.waitForFunction(() =>
      (globalThis as unknown as { essaimFaults: string[] }).essaimFaults.some((one) =>
        one.includes('style-src'),
      ),
    )
    const policies = (await page.evaluate(seen)).join('\n')
    for (const directive of ['require-trusted-types-for', 'frame-src', 'connect-src', 'style-src'])
      assert.match(policies, new RegExp(directive))
  })

  await t.test('another site’s page can neither post nor show it', async () => {
    const foreign = await otherSite(t)
    const attacker = await (await browser.createBrowserContext()).newPage()
    await attacker.goto(foreign)
    const token = link.split('#')[1]!
    for (const path of ['/setup', '/api/setup/begin', '/api/setup']) {
      const body = JSON.stringify({ token, login: 'mallory', password })
      const outcomes = await attacker.evaluate(post, `${pagesOf(server)}${path}`, body)
      assert.deepEqual(outcomes, ['failed', 'failed', 'failed'], path)
      for (const headers of [
        { Origin: 'https://attacker.example' },
        { 'Sec-Fetch-Site': 'cross-site' },
        { 'Sec-Fetch-Site': 'same-site' },
      ]) {
        const answer = await fetch(`${pagesOf(server)}${path}`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', ...headers },
          body,
        })
        assert.equal(answer.status, 403)
      }
    }
    const { headers } = await fetch(bare)
    assert.match(headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/)
    assert.equal(headers.get('access-control-allow-origin'), null)
  })

  await t.test('under a foreign host name nothing is shown', async () => {
    assert.equal(await statusUnderHost(bare, 'attacker.example'), 421)
    assert.equal(await statusUnderHost(bare, new URL(bare).host), 200)
  })

  await t.test('by the keyboard alone, from the link to one’s own pages', async () => {
    const device = await openDevice(browser, server, `/setup#${link.split('#')[1]}`)
    const { page } = device
    await device.sees('This server answers at')
    await tabTo(page, 'Go on')
    assert.ok(await hasFocusRing(page))
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => document.activeElement?.id === 'login')
    await page.keyboard.type('alice')
    await tabTo(page, 'Password')
    await page.keyboard.type(password)
    await page.keyboard.press('Enter')
    await device.sees('Your recovery words')
    await page.waitForFunction(() => document.querySelector('.twelve span')?.textContent?.trim())
    const words = await page.$$eval('.twelve span', (all) => all.map(({ textContent }) => textContent ?? ''))
    await tabTo(page, 'I have written them down')
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => document.activeElement?.id.startsWith('word-'))
    for (let i = 0; i < 3; i++) {
      const id = await page.evaluate(() => document.activeElement?.id ?? '')
      await page.keyboard.type(words[Number(id.slice('word-'.length)) - 1] ?? '')
      await page.keyboard.press('Tab')
    }
    await page.keyboard.press('Enter')
    await device.sees('Hello, alice')
    assert.deepEqual(await device.faults(), [])
  })

  await t.test('the link is good once, and no other is given', async () => {
    const late = await openDevice(browser, server, `/setup#${link.split('#')[1]}`)
    await late.sees('has its owner already')
    const asked = await essaim(['setup-link'], placeOf(server))
    assert.equal(asked.code, 1)
    assert.match(asked.stderr, /has its owner already/)
    await server.restart()
    assert.doesNotMatch(server.output().slice(server.output().indexOf(link) + link.length), /First run:/)
  })
})

test('firefox: the first person makes her account', async (t) => {
  const browser = await openBrowserNamed(t, 'firefox')
  if (!browser) return
  const server = await startServer(t)
  const device = await openDevice(browser, server)
  await firstRun(device, await server.firstRun(), 'alice', password)
  assert.deepEqual(await device.faults(), [])
})

test('the page of the first run in both languages, on small and large screens, in light and dark', async (t) => {
  const browser = await openBrowserNamed(t, 'chromium')
  if (!browser) return
  const server = await startServer(t)
  const { hash } = new URL(await server.firstRun())

  for (const language of ['en', 'fr'] as const)
    for (const [width, scheme] of [
      [360, 'light'],
      [360, 'dark'],
      [1440, 'light'],
      [1440, 'dark'],
    ] as const)
      await t.test(`${language}, ${width} px, ${scheme}`, async () => {
        const look = { width, height: 800, scheme, language }
        const device = await openDevice(browser, server, `/setup${hash}`, look)
        const { page } = device
        await page.waitForSelector('.finding')
        assert.equal(await page.$eval('html', ({ lang }) => lang), language)
        assert.deepEqual([...(await faultsOfLooks(page)), ...(await axeFaults(page))], [])
        const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor)
        const [red = 0] = (ground.match(/\d+/g) ?? []).map(Number)
        assert.equal(red < 128, scheme === 'dark')
        await device.press(language === 'en' ? 'Go on' : 'Continuer')
        await page.waitForSelector('#login')
        assert.deepEqual([...(await faultsOfLooks(page)), ...(await axeFaults(page))], [])
        assert.deepEqual(await device.faults(), [])
      })

  await t.test('with text of twice the size it still fits', async () => {
    const look = { width: 360, height: 800, language: 'fr' } as const
    const { page } = await openDevice(browser, server, `/setup${hash}`, look)
    await page.waitForSelector('.finding')
    // As a person's own setting would: the style of the page itself counts in rem.
    await page.evaluate(() => (document.documentElement.style.fontSize = '200%'))
    assert.deepEqual(await faultsOfLooks(page), [])
  })
})

test('without its script the page says what is missing', async (t) => {
  const browser = await openBrowserNamed(t, 'chromium')
  if (!browser) return
  const server = await startServer(t)
  const open = async (language: string) => {
    const page = await (await browser.createBrowserContext()).newPage()
    await page.setExtraHTTPHeaders({ 'Accept-Language': language })
    return page
  }

  await t.test('where scripts are not allowed', async () => {
    const page = await open('fr')
    await page.setJavaScriptEnabled(false)
    await page.goto(`${pagesOf(server)}/`)
    const text = await page.$eval('noscript main', (main) => (main as HTMLElement).innerText)
    assert.match(text, /ont besoin de JavaScript/)
  })

  await t.test('where they do not come', async () => {
    const page = await open('en')
    await page.setRequestInterception(true)
    page.on('request', (asked) => void (asked.url().endsWith('.js') ? asked.abort() : asked.continue()))
    await page.goto(`${pagesOf(server)}/`)
    // It is not seen before the script had its time.
    await page.waitForFunction(() => getComputedStyle(document.querySelector('.late')!).opacity === '1')
    assert.match(await page.evaluate(() => document.body.innerText), /its script did not load/)
    assert.deepEqual(await faultsOfLooks(page), [])
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

/** Runs in the page: tries what an injection would. */
async function plant(): Promise<string[]> {
  const outcomes: string[] = []
  const attempt = (name: string, act: () => unknown) => {
    try {
      act()
    } catch {
      outcomes.push(name)
    }
  }
  attempt('script text', () => (document.createElement('script').textContent = 'globalThis.planted = true'))
  attempt('worker', () => new Worker('/v1/'))
  attempt('markup', () => (document.body.innerHTML = '<img src=x onerror="globalThis.planted = true">'))
  const frame = document.createElement('iframe')
  frame.src = '/__version__'
  document.body.append(frame)
  await fetch('http://localhost:9/').catch(() => outcomes.push('foreign address'))
  await fetch('/v1/').catch(() => outcomes.push('own address'))
  if ('planted' in globalThis) outcomes.push('planted')
  return outcomes
}

/** Runs in the page: posts, in each way that another site can. */
async function post(target: string, body: string): Promise<string[]> {
  const answers: string[] = []
  for (const init of [
    { headers: { 'Content-Type': 'application/json' } },
    { mode: 'no-cors' },
    { mode: 'no-cors', headers: { 'Content-Type': 'text/plain' }, credentials: 'include' },
  ] as RequestInit[])
    answers.push(
      await fetch(target, { method: 'POST', body, ...init }).then(
        ({ type, status }) => `${type} ${status}`,
        () => 'failed',
      ),
    )
  return answers
}

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
