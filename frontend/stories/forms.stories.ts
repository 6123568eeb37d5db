// What can be added, changed and taken away: each by its form, in the browser, and gone in the end.
import type { Locator, Page } from 'playwright-core'
import { afterAll, test } from 'vitest'

import { findings } from './axe'
import { expect, keep, press, settled, signedIn, signIn, url, useBrowser, type Window } from './browser'
import { tenant } from './platform'

type Value = string | { choice: string } | boolean
type Fields = Record<string, Value>

interface Thing {
  path: string
  /** The button that opens the form, and the one that sends it. */
  add: string
  fields: Fields
  /** How it is called in the list, before and after it was changed. */
  name: string
  change: Fields
  after: string
  /** It has a page of its own, on which it is changed and deleted. */
  own?: true
  /** A secret is shown after it was made. */
  secret?: true
}

const mark = String(Date.now() % 1_000_000)
const named = (word: string) => `${word} ${mark}`
const THINGS: Thing[] = [
  {
    path: '/plans',
    add: 'Add a plan',
    fields: { Name: named('Night'), Price: '20', Download: '2.5' },
    name: named('Night'),
    change: { Name: named('Late night'), Price: '25' },
    after: 'KES 25',
  },
  {
    path: '/customers',
    add: 'Add a customer',
    fields: {
      'User name': `story${mark}`,
      Password: 'a password of theirs',
      Phone: '0712345678',
      Plan: { choice: 'Daily 5 Mbps' },
    },
    name: `story${mark}`,
    change: { Name: named('Akinyi'), Status: { choice: 'Suspended' } },
    after: named('Akinyi'),
    own: true,
  },
  {
    path: '/routers',
    add: 'Add a router',
    fields: { Name: named('Market'), Address: '127.0.1.77', Site: { choice: 'Harbour' } },
    name: named('Market'),
    change: { Site: { choice: 'Hilltop' } },
    after: 'Hilltop',
    secret: true,
  },
  {
    path: '/sites',
    add: 'Add a site',
    fields: { Name: named('Market') },
    name: named('Market'),
    change: { 'In use': false },
    after: 'Closed',
  },
  {
    path: '/departments',
    add: 'Add a department',
    fields: { Name: named('Field work'), 'Belongs to': { choice: 'Technical' } },
    name: named('Field work'),
    change: { Hilltop: true },
    after: 'Hilltop',
  },
  {
    path: '/positions',
    add: 'Add a position',
    fields: { Position: named('Rigger'), Department: { choice: 'Technical' } },
    name: named('Rigger'),
    change: { Position: named('Head rigger') },
    after: named('Head rigger'),
    own: true,
  },
  {
    path: '/webhooks',
    add: 'Add a webhook',
    fields: {
      Address: 'https://books.example.com/hooks',
      Name: named('Books'),
      Plans: true,
      'Send to it': false,
    },
    name: named('Books'),
    change: { Name: named('Bookkeeping') },
    after: named('Bookkeeping'),
    own: true,
    secret: true,
  },
]

const open = useBrowser()
let office: Promise<Window> | undefined
async function enter(): Promise<Window> {
  const window = await open()
  await signIn(window.page, tenant().host, tenant().owner)
  await signedIn(window.page)
  return window
}
afterAll(async () => (await office)?.context.close())

async function fill(form: Locator, fields: Fields): Promise<void> {
  for (const [label, value] of Object.entries(fields)) {
    // "(optional)" belongs to the label, and the help of a box to be ticked.
    const field = form.getByLabel(new RegExp(`^\\s*${label}\\s*(\\(optional\\)\\s*)?$`))
    if (typeof value === 'string') await field.fill(value)
    else if (typeof value !== 'boolean') await field.selectOption({ label: value.choice })
    else await form.getByRole('checkbox', { name: new RegExp(`^${label}`) }).setChecked(value)
  }
}

/** The form is sent, and accepted. */
async function send(page: Page, fields: Fields, button: string): Promise<void> {
  const form = page.getByRole('dialog')
  const sends = form.getByRole('button', { name: button, exact: true })
  await fill(form, fields)
  await sends.click()
  await sends.waitFor({ state: 'detached' })
}

async function remove(page: Page, button: Locator): Promise<void> {
  await button.click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click()
}

test.each(THINGS)('$path: added, changed, deleted', async (thing) => {
  const { path, add, name, after } = thing
  const { page, faults } = await (office ??= enter())
  faults.length = 0
  await page.goto(url(tenant().host, path))
  await settled(page)
  await press(page, add)
  expect(await findings(page)).toEqual([])
  await keep(page, `form${path.replace('/', '-')}`)
  await send(page, thing.fields, add)
  if (thing.secret) await press(page, 'Close')

  if (thing.own) {
    const heading = page.getByRole('heading', { level: 1 })
    const link = page.getByRole('link', { name, exact: true })
    await heading.filter({ hasText: name }).or(link).first().waitFor()
    if (await link.isVisible()) await link.click()
    await press(page, 'Edit')
    await send(page, thing.change, 'Save')
    await heading.filter({ hasText: after }).waitFor()
    await remove(page, page.getByRole('button', { name: 'Delete' }))
    await page.waitForURL((at) => at.pathname === path)
  } else {
    await press(page, `Edit: ${name}`)
    await send(page, thing.change, 'Save')
    const row = page.getByRole('row').or(page.getByRole('listitem')).filter({ hasText: mark })
    await row.getByText(after).waitFor()
    await remove(page, row.getByRole('button', { name: /^Delete/ }))
    await row.waitFor({ state: 'detached' })
  }
  await settled(page)
  expect(await page.locator('main').innerText()).not.toContain(mark)
  expect(faults).toEqual([])
})
