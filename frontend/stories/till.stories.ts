// A cashier sells WiFi: for cash, on M-Pesa, without a network. A manager finds whose money it is and
// closes the day.
import type { Page } from 'playwright-core'
import { test } from 'vitest'

import { expect, keep, press, signedIn, signIn, useBrowser, type Login } from './browser'
import { call, tell, tenant } from './platform'

const open = useBrowser()
const { host } = tenant()
const mark = Date.now() % 10_000_000
const PLAN = 'Daily 5 Mbps'
let people = 0

interface Site {
  id: number
  name: string
}

async function hired(role: string, site?: Site): Promise<Login> {
  const email = `${role}-${mark}-${++people}@story.test`
  const password = 'a long password for the story'
  await call('POST', '/api/v1/access/users/', {
    email,
    password,
    roles: [role],
    extra_sites: site ? [site.id] : [],
  })
  return { email, password }
}

interface Wallet {
  id: string
  account_no: string
  subscriber: number
}
interface Rows<Row> {
  results: Row[]
}

/** A customer with a wallet and without a plan; each one's phone is another. */
async function customer(name: string, beginning = '2547123'): Promise<Wallet & { phone: string }> {
  const phone = `+${beginning}${String(mark + ++people * 7).slice(-5).padStart(5, '0')}`
  return { ...(await call<Wallet>('POST', '/api/v1/wallets/', { name, phone })), phone }
}

/** What this customer has bought. */
async function bought({ subscriber }: Wallet) {
  const path = `/api/v1/tills/sales/?subscriber=${subscriber}`
  return (await call<Rows<{ pay: string; receipt: string }>>('GET', path)).results
}

/** A cashier at an open till. */
async function atTheTill(site?: Site): Promise<{ page: Page; faults: string[]; login: Login }> {
  const { page, faults } = await open({ phone: true })
  const login = await hired('cashier', site)
  await signIn(page, host, login)
  await signedIn(page)
  await page.getByRole('link', { name: 'Sell', exact: true }).click()
  await page.getByLabel('In the drawer').fill('500')
  // Who works at one site sells there.
  if (site) expect(await page.getByLabel('Where').inputValue()).toBe(String(site.id))
  await press(page, 'Open my shift')
  await page.getByRole('heading', { name: 'Who buys?' }).waitFor()
  return { page, faults, login }
}

async function choose(page: Page, name: string): Promise<void> {
  await page.getByLabel('Name or phone of the customer').fill(name)
  await page.getByRole('button', { name: new RegExp(`^${name}`) }).click()
  await page.getByText(PLAN).click()
}

test('a cashier sells WiFi for cash and prints the receipt', async () => {
  const { page, faults } = await atTheTill()
  const name = `Achieng ${mark}`
  await press(page, 'New customer')
  await page.getByRole('dialog').getByLabel('Name').fill(name)
  await page.getByRole('dialog').getByLabel('Phone').fill(`07112${String(mark).slice(-5).padStart(5, '0')}`)
  await press(page, 'Add the customer')
  await page.getByText(name).waitFor()
  await page.getByText(PLAN).click()
  await keep(page, 'story-till')
  await page.getByRole('button', { name: /^I have KES/ }).click()

  await page.getByRole('heading', { name: 'Sold' }).waitFor()
  const number = await page.locator('main').getByText(/^R-\d{6}$/).innerText()
  await keep(page, 'story-till-sold')
  // On paper there is the receipt, and nothing of the page.
  await page.emulateMedia({ media: 'print' })
  await page.locator('.receipt-paper').getByText(number).waitFor()
  expect(await page.locator('#app').isVisible()).toBe(false)
  await page.emulateMedia({ media: 'screen' })
  await press(page, 'Next customer')
  await page.getByLabel('Name or phone of the customer').waitFor()
  expect(faults).toEqual([])
})

test('with the network off the till takes cash, and books it once when it is back', async () => {
  const buyer = await customer(`Baraka ${mark}`)
  const { page, faults } = await atTheTill()
  await choose(page, `Baraka ${mark}`)
  await page.context().setOffline(true)
  await page.getByText('No network. You can take cash').waitFor()
  await page.getByRole('button', { name: /^I have KES/ }).click()
  await page.getByRole('heading', { name: 'Waits for the network' }).waitFor()
  await keep(page, 'story-till-offline')
  expect(await bought(buyer)).toEqual([])

  await page.context().setOffline(false)
  await page.getByRole('heading', { name: 'Sold' }).waitFor()
  const [sale, ...more] = await bought(buyer)
  expect(more).toEqual([])
  await page.locator('main').getByText(sale?.receipt ?? '').waitFor()
  // Whatever was sent twice meanwhile was booked once, and nothing waits.
  await page.reload()
  await page.getByRole('heading', { name: 'Who buys?' }).waitFor()
  expect(await bought(buyer)).toHaveLength(1)
  expect(faults.filter((fault) => !fault.includes('ERR_INTERNET_DISCONNECTED'))).toEqual([])
})

test('a cashier sells WiFi on M-Pesa', async () => {
  const buyer = await customer(`Chebet ${mark}`)
  const { page, faults } = await atTheTill()
  await choose(page, `Chebet ${mark}`)
  await page.getByText('M-Pesa', { exact: true }).click()
  await page.getByRole('button', { name: /^Ask for KES/ }).click()
  await page.getByText(/Being sent|Waiting for the customer/).first().waitFor()
  await page.getByRole('heading', { name: 'Sold' }).waitFor()
  expect((await bought(buyer)).map(({ pay }) => pay)).toEqual(['wallet'])
  expect(faults).toEqual([])
})

test('a payment that is refused on the phone is paid another way', async () => {
  const buyer = await customer(`Daudi ${mark}`, '2547002')
  const { page, faults } = await atTheTill()
  await choose(page, `Daudi ${mark}`)
  await page.getByText('M-Pesa', { exact: true }).click()
  await page.getByRole('button', { name: /^Ask for KES/ }).click()
  await page.getByText('Not paid').first().waitFor()
  await press(page, 'Pay another way')
  await page.getByText('Cash', { exact: true }).click()
  await page.getByRole('button', { name: /^I have KES/ }).click()
  await page.getByRole('heading', { name: 'Sold' }).waitFor()
  expect((await bought(buyer)).map(({ pay }) => pay)).toEqual(['cash'])
  expect(faults).toEqual([])
})

/** Somebody pays at the paybill, and types an account number that nobody has. */
async function paidByMistake(receipt: string, amount: number): Promise<void> {
  const { mpesa } = tenant()
  await tell(host, `/api/v1/pay/cb/${mpesa.callback_token}/c2b/confirmation`, {
    TransactionType: 'Pay Bill',
    TransID: receipt,
    TransTime: '20261121103000',
    TransAmount: `${amount}.00`,
    BusinessShortCode: mpesa.shortcode,
    BillRefNumber: 'NOBODY',
    InvoiceNumber: '',
    OrgAccountBalance: '0.00',
    ThirdPartyTransID: '',
    MSISDN: '2547*****678',
    FirstName: 'Esther',
    MiddleName: '',
    LastName: '',
  })
}

test('a manager matches a payment without owner and closes the day', async () => {
  const quay = { name: `Quay ${mark}`, zone: 'Africa/Nairobi' }
  const site = await call<Site>('POST', '/api/v1/sites/', quay)
  const owner = await customer(`Esther ${mark}`)
  const till = await atTheTill(site)
  await choose(till.page, `Esther ${mark}`)
  await till.page.getByRole('button', { name: /^I have KES/ }).click()
  await till.page.getByRole('heading', { name: 'Sold' }).waitFor()
  const receipt = `S${mark}`.padEnd(10, 'X')
  await paidByMistake(receipt, 80)

  const { page, faults } = await open()
  await signIn(page, host, await hired('manager', site))
  await signedIn(page)
  await page.getByRole('link', { name: 'Payments', exact: true }).click()
  await page.getByRole('link', { name: 'Without owner', exact: true }).click()
  const row = page.getByRole('row').filter({ hasText: receipt })
  await row.getByRole('button', { name: 'Whose is it?' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Customer').fill(owner.account_no)
  await dialog.getByRole('button', { name: new RegExp(`Esther ${mark}`) }).click()
  await press(page, 'Credit it')
  await page.getByText(`Credited to Esther ${mark}`).waitFor()
  await row.waitFor({ state: 'detached' })
  const wallet = await call<{ posted_micro: number }>('GET', `/api/v1/wallets/${owner.id}/`)
  expect(wallet.posted_micro).toBe(80_000_000)

  // The drawer stands in the way of the day until it is counted.
  await page.getByRole('link', { name: 'Shifts and days', exact: true }).click()
  await page.getByRole('link', { name: 'Closed days', exact: true }).click()
  await press(page, 'Close a day')
  await dialog.getByLabel('Site').selectOption({ label: site.name })
  await dialog.getByText('Count these drawers first').waitFor()
  await press(page, 'Close')
  await page.getByRole('link', { name: 'All shifts', exact: true }).click()
  await page.getByRole('button', { name: `Count the drawer of ${till.login.email}` }).click()
  await dialog.getByLabel('Counted').fill('500')
  await press(page, 'Close the shift')
  await page.getByText('The drawer is counted').waitFor()

  await page.getByRole('link', { name: 'Closed days', exact: true }).click()
  await press(page, 'Close a day')
  await dialog.getByLabel('Site').selectOption({ label: site.name })
  await press(page, 'Close the day')
  const closed = page.getByRole('dialog', { name: new RegExp(site.name) })
  await closed.getByText(/missing/).first().waitFor()
  await closed.getByText('This is the first close here').waitFor()
  await keep(page, 'story-day')
  expect([...faults, ...till.faults]).toEqual([])
})
