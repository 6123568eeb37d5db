// Moving by Tab, as people do who have no mouse.
import type { Page } from 'playwright-core'

const MOST = 80

/** What readers of screens say of where the focus is. */
function named(page: Page): Promise<string> {
  return page.evaluate(() => {
    const at = document.activeElement
    const label = (at as HTMLInputElement | null)?.labels?.[0]?.textContent
    const name = at?.getAttribute('aria-label') ?? label ?? at?.textContent ?? ''
    return name.replace(/\s+/g, ' ').trim()
  })
}

/** Presses Tab until what has this name has the focus, and can be seen to have it. */
export async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  const passed: string[] = []
  for (let presses = 0; presses <= MOST; presses += 1) {
    const here = await named(page)
    if (typeof name === 'string' ? here === name : name.test(here)) return marked(page, here)
    passed.push(here)
    await page.keyboard.press('Tab')
  }
  throw new Error(`nothing called ${name} gets the focus, but ${passed.join(' / ')}`)
}

async function marked(page: Page, name: string): Promise<void> {
  const outline = await page.evaluate(
    () => document.activeElement && getComputedStyle(document.activeElement).outlineStyle,
  )
  if (outline === 'none') throw new Error(`nobody sees that ${name} has the focus`)
}
