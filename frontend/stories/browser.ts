// The distribution's Chromium, as desks and phones have it, and how people sign in.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect } from 'vitest'

import { port } from './platform'

const PROGRAM = process.env.CHROMIUM ?? '/usr/bin/chromium'
// Every tenant has a host of its own, which name servers do not know everywhere.
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--host-resolver-rules=MAP *.localhost 127.0.0.1',
]
// Nothing here is about speed.
const WAIT_MS = 90_000

export const DESK = { width: 1280, height: 800 }
export const PHONE = { width: 390, height: 844 }

export interface Window {
  page: Page
  context: BrowserContext
  /** What the page threw, logged as an error, or asked the API for in vain (5xx). */
  faults: string[]
}

/** One browser for the file's stories; gives windows, which end with it. */
export function useBrowser(): (options?: Parameters<typeof open>[1]) => Promise<Window> {
  let browser: Browser
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: PROGRAM, args: ARGUMENTS })
  })
  afterAll(() => browser.close())
  return (options) => open(browser, options)
}

/** A person's own window: nothing of another one's is in it. */
async function open(
  browser: Browser,
  { dark = false, phone = false, state = undefined as State | undefined } = {},
): Promise<Window> {
  const context = await browser.newContext({
    storageState: state,
    viewport: phone ? PHONE : DESK,
    isMobile: phone,
    hasTouch: phone,
    colorScheme: dark ? 'dark' : 'light',
    locale: 'en',
    timezoneId: 'Africa/Nairobi',
    reducedMotion: 'reduce',
  })
  context.setDefaultTimeout(Number(process.env.WAIT_MS ?? WAIT_MS))
  const page = await context.newPage()
  return { page, context, faults: watch(page) }
}

export type State = Awaited<ReturnType<BrowserContext['storageState']>>

function watch(page: Page): string[] {
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.stack ?? error.message))
  page.on('response', (answer) => {
    if (answer.status() >= 500) faults.push(`${answer.status()} ${answer.url()}`)
  })
  page.on('console', (message) => {
    // Refusals of the API are the pages' business; the policy of the page and Vue's complaints are ours.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      faults.push(message.text())
  })
  return faults
}

export function url(host: string, path = '/'): string {
  return `http://${host}:${port}${path}`
}

export interface Login {
  email: string
  password: string
}

/** Types both and presses the button; what follows is the caller's to wait for. */
export async function signIn(page: Page, host: string, { email, password }: Login): Promise<void> {
  await page.goto(url(host, '/sign-in'))
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Password').fill(password)
  await press(page, 'Sign in')
}

export async function signedIn(page: Page): Promise<void> {
  await page.getByRole('navigation', { name: 'Main navigation' }).or(
    page.getByRole('navigation', { name: 'Shortcuts' }),
  ).first().waitFor()
}

/** Presses the button of exactly this name. */
export function press(page: Page, name: string): Promise<void> {
  return page.getByRole('button', { name, exact: true }).click()
}

/** The page has what it asked the API for, and asks for nothing more. */
export async function settled(page: Page): Promise<void> {
  await page.locator('main').first().waitFor()
  await page.waitForFunction(
    () => !document.querySelector('[aria-busy="true"], main [role="status"] > .spoken'),
  )
}

/** A picture of the whole page, where SCREENS says that they are kept. */
export async function keep(page: Page, name: string): Promise<void> {
  const { SCREENS } = process.env
  if (!SCREENS) return
  mkdirSync(SCREENS, { recursive: true })
  await page.screenshot({ path: join(SCREENS, `${name}.png`), fullPage: true })
}

export { expect }
