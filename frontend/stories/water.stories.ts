// Water: a technician services a kiosk, a manager looks at what is missing and closes the day, a
// customer's statement shows WiFi and water. The kiosks are this file's own: it signs their reports.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, test } from 'vitest'

import { expect, keep, press, signedIn, signIn, url, useBrowser, type Login, type Window } from './browser'
import { authorised, installed, report, type Device } from './kiosk'
import { call, tenant } from './platform'

const open = useBrowser()
const { host } = tenant()
const mark = Date.now() % 10_000_000
let site: { id: number; name: string }
let device: Device

beforeAll(async () => {
  ;({ site, device } = await installed(`Well ${mark}`))
})

async function hired(role: string): Promise<Login> {
  const login = { email: `${role}-${mark}-water@story.test`, password: 'a long password for the story' }
  await call('POST', '/api/v1/access/users/', { ...login, roles: [role], extra_sites: [site.id] })
  return login
}

const windows: Window[] = []
afterAll(async () => {
  for (const { context } of windows) await context.close()
})

async function working(role: string, phone = false): Promise<Window> {
  const window = await open({ phone })
  windows.push(window)
  await signIn(window.page, host, await hired(role))
  await signedIn(window.page)
  return window
}

async function live(page: Page): Promise<void> {
  await page.getByRole('status').getByText('Live', { exact: true }).waitFor()
}

interface Wallet {
  id: string
  account_no: string
  subscriber: number
}

/** A customer with money and a tag. */
async function customer(name: string, uid: string, number = 1): Promise<Wallet> {
  const phone = `+254712${5 + number}${String(mark).slice(-5).padStart(5, '0')}`
  const wallet = await call<Wallet>('POST', '/api/v1/wallets/', { name, phone })
  const shift = { float_micro: 500_000_000, currency: 'KES' }
  await call('POST', '/api/v1/tills/shifts/', shift).catch((error: Error) => {
    if (!error.message.includes('open')) throw error
  })
  const cash = { amount_micro: 200_000_000, currency: 'KES', channel: 'cash' }
  await call('POST', `/api/v1/wallets/${wallet.id}/topups/`, cash)
  await call('POST', '/api/v1/tags/', { uid, wallet: wallet.id, label: 'Blue fob' })
  return wallet
}

test('a technician services a kiosk: test dispense and calibration', async () => {
  const { page, faults } = await working('technician', true)
  await page.goto(url(host, '/kiosks'))
  await page.getByRole('link', { name: device.name }).click()
  await page.getByText('Never heard of').first().waitFor()
  await page.getByRole('link', { name: 'Tap', exact: true }).click()
  await page.getByText('No test dispenses').waitFor()

  // Twenty litres in the vessel, by the meter a little less.
  const test = { seq: 1, ml: 20_000, pulses: 9_180, totalizer_ml: 20_000, mode: 'staff' } as const
  const [done] = await report(device, [test])
  expect(done?.status).toBe('completed')
  await page.reload()
  await page.getByText('20 L, 9,180 pulses').waitFor()
  await press(page, 'Calibrate with it')
  const wizard = page.getByRole('dialog')
  await wizard.getByLabel('In the vessel').fill('20')
  await press(page, 'What does it say?')
  await wizard.getByText('450 → 459').waitFor()
  await keep(page, 'story-calibration')
  await press(page, 'Count so from now on')
  await page.getByText('The kiosk counts 459 pulses as a litre.').waitFor()
  // A technician changes no kiosk and gives no keys.
  expect(await page.getByRole('button', { name: 'Edit' }).count()).toBe(0)
  expect(faults).toEqual([])
})

test("a customer's statement shows WiFi and water", async () => {
  const uid = `04A1B2${mark}`
  const name = `Naliaka ${mark}`
  const wallet = await customer(name, uid)
  const hold = await authorised(device, uid, 20_000)
  const [drawn] = await report(device, [{ seq: 2, ml: 20_000, totalizer_ml: 40_000, tag: uid, hold }])
  expect(drawn?.status).toBe('completed')
  const { results } = await call<{ results: { id: number }[] }>('GET', '/api/v1/radius/plans/?q=Daily')
  const sale = { plan: results[0]?.id, pay: 'wallet', subscriber: wallet.subscriber }
  await call('POST', '/api/v1/tills/sales/', sale)

  const { page, faults } = await working('manager')
  await page.goto(url(host, `/customers/${wallet.subscriber}?tab=wallet`))
  const statement = page.getByRole('region', { name: 'Statement' })
  await statement.getByText('Sale, wallet').waitFor()
  await statement.getByText('Water', { exact: false }).first().waitFor()
  // 200 came in; 10 for twenty litres and 50 for a day of WiFi went out.
  await statement.getByText('KES 140').first().waitFor()
  await page.getByText('Blue fob').waitFor()
  await keep(page, 'story-statement')

  // What was drawn can be given back.
  await page.getByRole('link', { name: 'Water sales', exact: true }).click()
  await page.getByRole('row').filter({ hasText: device.name }).filter({ hasText: 'KES 10' }).getByRole('link').first().click()
  await press(page, 'Give money back')
  await page.getByRole('dialog').getByLabel('Amount').fill('4')
  await page.getByRole('dialog').getByLabel('Why').fill('It was cloudy')
  await press(page, 'Give it back')
  await page.getByText('The money is in the wallet again').waitFor()
  await page.getByText('KES 4', { exact: true }).waitFor()
  expect(faults).toEqual([])
})

test('a manager looks at what is missing and closes the day', async () => {
  const page = windows.at(-1)?.page as Page
  await page.getByRole('link', { name: 'Kiosks', exact: true }).click()
  await live(page)
  // Number 3 was lost on the way.
  await report(device, [{ seq: 4, ml: 0, totalizer_ml: 40_000, mode: 'staff', stop: 'user' }])
  await page.getByRole('link', { name: device.name }).click()
  await page.getByText('One is missing').first().waitFor()
  await page.getByText('never came: 3').waitFor()

  await page.getByRole('link', { name: 'Shifts and days', exact: true }).click()
  await page.getByRole('link', { name: 'Closed days', exact: true }).click()
  await press(page, 'Close a day')
  const form = page.getByRole('dialog')
  await form.getByLabel('Site').selectOption({ label: site.name })
  await form.getByText(/lacks 1 record/).waitFor()
  await press(page, 'Close the day')
  await form.getByText(/^Say why: /).waitFor()
  await keep(page, 'story-day-water')
  await form.getByLabel('Why is that so?').fill('The kiosk lost one record when its battery died')
  await press(page, 'Close the day')
  const closed = page.getByRole('dialog', { name: new RegExp(site.name) })
  await closed.getByText('One record never came: 3').waitFor()
  await closed.getByText('The kiosk lost one record').waitFor()
  expect(windows.at(-1)?.faults).toEqual([])
})

test('an owner sets up a tariff, a kiosk, a tag, a lease and a bundle', async () => {
  const wallet = await customer(`Otieno ${mark}`, `04C3D4${mark}`, 2)
  const window = await open()
  windows.push(window)
  const { page, faults } = window
  const form = page.getByRole('dialog')
  const sends = (name: string) => form.getByRole('button', { name, exact: true }).click()
  await signIn(page, host, tenant().owner)
  await signedIn(page)

  await page.goto(url(host, '/tariffs'))
  await press(page, 'Add a tariff')
  await form.getByLabel('Name', { exact: true }).fill(`River ${mark}`)
  await form.getByLabel('Price of a litre').fill('0.5')
  await sends('Add a tariff')
  await page.getByRole('heading', { level: 1, name: `River ${mark}` }).waitFor()
  await press(page, 'Add a price')
  await form.getByLabel('Price of a litre').fill('0.6')
  await sends('Add a price')
  await page.getByRole('listitem').filter({ hasText: 'KES 0.60 a litre' }).getByText('To come').waitFor()

  await page.goto(url(host, '/kiosks'))
  await press(page, 'Add a kiosk')
  await form.getByLabel('Name', { exact: true }).fill(`River kiosk ${mark}`)
  await form.getByLabel('Site').selectOption({ label: site.name })
  await form.getByLabel('Tariff').selectOption({ label: `River ${mark}` })
  await sends('Add a kiosk')
  await page.getByText('Put this into the kiosk').waitFor()
  await sends('It is in the kiosk')
  await page.getByRole('link', { name: `River kiosk ${mark}` }).click()
  await page.getByRole('link', { name: 'Keys', exact: true }).click()
  await press(page, 'Make a key')
  await sends('Make a key')
  await sends('It is in the kiosk')
  await page.getByRole('button', { name: /^Take the key/ }).last().click()
  await sends('Take it away')
  await page.getByText('Dead', { exact: true }).waitFor()

  await page.goto(url(host, '/tags'))
  await press(page, 'Bind a tag')
  await form.getByLabel('Number of the tag').fill(`04E5F6${mark}`)
  await form.getByLabel('Wallet that pays').fill(wallet.account_no)
  await form.getByRole('button', { name: new RegExp(`Otieno ${mark}`) }).click()
  await form.getByLabel(/^Name/).fill(`Fob ${mark}`)
  await sends('Bind a tag')
  const tag = page.getByRole('row').filter({ hasText: `Fob ${mark}` })
  await tag.getByRole('button', { name: /^Block/ }).click()
  await sends('Block')
  await tag.getByText('Blocked').waitFor()

  await page.goto(url(host, '/bundles'))
  await press(page, 'Add a bundle')
  await form.getByLabel('Name', { exact: true }).fill(`Sixty ${mark}`)
  await form.getByLabel('WiFi plan').selectOption({ label: 'Hourly 3 Mbps' })
  await sends('Add a bundle')
  const bundle = page.getByRole('row').filter({ hasText: `Sixty ${mark}` })
  await bundle.getByRole('button', { name: /^Edit/ }).click()
  await form.getByLabel('Offered').uncheck()
  await sends('Save')
  await bundle.getByText('Not offered').waitFor()

  await page.goto(url(host, `/customers/${wallet.subscriber}?tab=wallet`))
  await press(page, 'Lease to a kiosk')
  await form.getByLabel('Kiosk').selectOption({ label: device.name })
  await form.getByLabel('Amount').fill('50')
  await sends('Lease to a kiosk')
  const leases = page.getByRole('region', { name: 'Leases for offline kiosks' })
  await leases.getByText('Open', { exact: true }).waitFor()
  await leases.getByRole('button', { name: 'End' }).click()
  await sends('End')
  await leases.getByText('Ended', { exact: true }).waitFor()
  expect(faults).toEqual([])
})

test('water and WiFi are sold for one price', async () => {
  const wallet = await customer(`Akoth ${mark}`, `04A7B8${mark}`, 3)
  const page = windows.at(-1)?.page as Page
  const form = page.getByRole('dialog')
  const sends = (name: string) => form.getByRole('button', { name, exact: true }).click()
  await page.goto(url(host, '/bundles'))
  await press(page, 'Add a bundle')
  await form.getByLabel('Name', { exact: true }).fill(`Both ${mark}`)
  await form.getByLabel('Kind').selectOption({ label: 'Both for one price' })
  await form.getByLabel('Water', { exact: true }).fill('100')
  await form.getByLabel('WiFi plan').selectOption({ label: 'Hourly 3 Mbps' })
  await form.getByLabel('Price', { exact: true }).fill('60')
  await form.getByLabel(/^Of it WiFi's/).fill('10')
  await sends('Add a bundle')
  await page.getByRole('row').filter({ hasText: `Both ${mark}` }).getByRole('button', { name: 'Sell' }).click()
  await form.getByLabel('Customer').fill(wallet.account_no)
  await form.getByRole('button', { name: new RegExp(`Akoth ${mark}`) }).click()
  await sends('Sell')
  await page.waitForURL(/\/sales\//)
  await page.getByText(`Both ${mark}`).first().waitFor()
  // 200 came in before; of the price 50 are for water.
  const { posted_micro } = await call<{ posted_micro: number }>('GET', `/api/v1/wallets/${wallet.id}/`)
  expect(posted_micro).toBe(250_000_000)
  expect(windows.at(-1)?.faults).toEqual([])
})
