// What axe finds serious or critical on a page (WCAG 2.2 AA and its best practices).
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

import type { AxeResults, RunOptions } from 'axe-core'
import type { Page } from 'playwright-core'

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

interface Axe {
  axe?: { run: (context: unknown, options: RunOptions) => Promise<AxeResults> }
}

/** One line for each. */
export async function findings(page: Page): Promise<string[]> {
  // By the debugger's door: the page's own policy lets no script of ours in.
  if (!(await page.evaluate(() => Boolean((window as Axe).axe)))) await page.evaluate(source)
  const { violations } = await page.evaluate(
    async (options) => {
      const results = await (window as Axe).axe?.run(document, options)
      return { violations: results?.violations ?? [] }
    },
    { runOnly: TAGS, resultTypes: ['violations'] } satisfies RunOptions,
  )
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html).join(' | ')}`)
}
