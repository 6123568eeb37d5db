// Every page, and every tab of it, opens without a fault, fits on a phone, and has no serious
// finding of axe: at a desk in light, on a phone in dark.
// SCREENS=<directory> looks at both in both, and keeps pictures; SCREEN=<beginnings of names, by commas> opens
// some only, SCREENS_LANGUAGE=sw in Swahili.
import type { Page } from 'playwright-core'
import { afterAll, describe, test } from 'vitest'

import { findings } from './axe'
import {
  DESK,
  expect,
  keep,
  PHONE,
  settled,
  signedIn,
  signIn,
  url,
  useBrowser,
  type Window,
} from './browser'
import { hostOf, loginOf, screens, type Screen } from './screens'

const { SCREENS, SCREEN = '', SCREENS_LANGUAGE: language } = process.env
const open = useBrowser()
const wanted = SCREEN.split(',')
const all = (await screens()).filter(({ name }) => wanted.some((one) => name.startsWith(one)))

const LOOKS = [
  { name: 'desk-light', viewport: DESK, colorScheme: 'light' },
  { name: 'desk-dark', viewport: DESK, colorScheme: 'dark', only: SCREENS },
  { name: 'phone-light', viewport: PHONE, colorScheme: 'light', only: SCREENS },
  { name: 'phone-dark', viewport: PHONE, colorScheme: 'dark' },
] as const
const looks = LOOKS.filter((one) => !('only' in one) || one.only)

// One window a person, as people have it: the second page comes from its cache.
const windows = new Map<Screen['by'], Promise<Window>>()
afterAll(async () => {
  for (const opened of windows.values()) await (await opened).context.close()
})

function windowOf(screen: Screen): Promise<Window> {
  const known = windows.get(screen.by) ?? enter(screen)
  windows.set(screen.by, known)
  return known
}

async function enter(screen: Screen): Promise<Window> {
  const opened = await open()
  if (screen.by !== 'stranger') {
    await signIn(opened.page, hostOf(screen), loginOf(screen.by))
    await signedIn(opened.page)
  }
  const chosen = { name: 'django_language', url: url(hostOf(screen)) }
  if (language) await opened.context.addCookies([{ ...chosen, value: language }])
  return opened
}

/** What was changed can be seen. */
function painted(page: Page): Promise<unknown> {
  return page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
  )
}

/** What is wrong with what the window shows. */
async function look(page: Page, name: string): Promise<string[]> {
  const faults = await page.locator('main [role="alert"]').allInnerTexts()
  for (const { name: as, viewport, colorScheme } of looks) {
    await page.setViewportSize(viewport)
    await page.emulateMedia({ colorScheme })
    await painted(page)
    await keep(page, `${name}.${as}`)
    faults.push(...(await findings(page)).map((one) => `${as}: ${one}`))
    const wide = await page.evaluate(() => document.documentElement.scrollWidth)
    if (wide > viewport.width) faults.push(`${as}: ${wide} pixels wide`)
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize(DESK)
  return faults
}

/** Addresses of the page's other tabs. */
function tabsOf(page: Page): Promise<string[]> {
  return page
    .locator('main nav a[href*="tab="]:not([aria-current])')
    .evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''))
}

describe('every page', () => {
  test.each(all)('$name', async (screen) => {
    const { page, faults } = await windowOf(screen)
    faults.length = 0
    const found: string[] = []
    const visit = async (path: string, name: string) => {
      // A new `#..` alone would not load it.
      if (path.includes('#')) await page.goto('about:blank')
      await page.goto(url(hostOf(screen), path))
      await page.locator('main :is(h1, p)').first().waitFor()
      await settled(page)
      found.push(...(await look(page, name)))
    }
    await visit(screen.path, screen.name)
    for (const path of await tabsOf(page))
      await visit(path, `${screen.name}-${path.replace(/.*tab=/, '')}`)
    expect([...found, ...faults]).toEqual([])
  })
})
