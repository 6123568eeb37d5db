// Money that goes other ways than over the counter: given back, through resellers, typed receipts,
// payments without an owner, the accounts at providers. One owner at one desk.
import type { Page } from 'playwright-core'
import { afterAll, test } from 'vitest'

import { expect, keep, press, settled, signedIn, signIn, url, useBrowser, type Window } from './browser'
import { call, colleague, tell, tenant } from './platform'

const open = useBrowser()
const { host, owner, mpesa } = tenant()
const mark = Date.now() % 10_000_000
const PLAN = 'Daily 5 Mbps'
let people = 0

let desk: Promise<Window> | undefined
async function enter(): Promise<Window> {
  const window = await open()
  await signIn(window.page, host, owner)
  await signedIn(window.page)
  return window
}
afterAll(async () => (await desk)?.context.close())

async function at(path: string): Promise<{ page: Page; faults: string[] }> {
  const { page, faults } = await (desk ??= enter())
  faults.length = 0
  await page.goto(url(host, path))
  await settled(page)
  return { page, faults }
}

interface Wallet {
  id: string
  account_no: string
  subscriber: number
  phone: string
  posted_micro: number
}

async function customer(name: string): Promise<Wallet> {
  const phone = `+2547124${String(mark + ++people * 7).slice(-5).padStart(5, '0')}`
  return { ...(await call<Wallet>('POST', '/api/v1/wallets/', { name, phone })), phone }
}

/** Whoever takes cash has a drawer; one that is open already will do. */
async function drawer(): Promise<void> {
  const body = { float_micro: 500_000_000, currency: 'KES' }
  await call('POST', '/api/v1/tills/shifts/', body).catch((error: Error) => {
    if (!error.message.includes('open')) throw error
  })
}

async function balance({ id }: Wallet): Promise<number> {
  return (await call<Wallet>('GET', `/api/v1/wallets/${id}/`)).posted_micro
}

test('a manager gives the money of a sale back', async () => {
  const buyer = await customer(`Fatuma ${mark}`)
  await drawer()
  const { results } = await call<{ results: { id: number }[] }>('GET', '/api/v1/radius/plans/?q=Daily')
  const body = { plan: results[0]?.id, pay: 'cash', subscriber: buyer.subscriber }
  const sale = await call<{ id: string }>('POST', '/api/v1/tills/sales/', body)

  // Nobody gives the money of an own sale back.
  const { page: sold } = await at(`/sales/${sale.id}`)
  expect(await sold.getByRole('button', { name: 'Give money back' }).count()).toBe(0)
  const { page, faults, context } = await open()
  await signIn(page, host, colleague('manager'))
  await signedIn(page)
  await page.goto(url(host, `/sales/${sale.id}`))
  await press(page, 'Give money back')
  const form = page.getByRole('dialog')
  await form.getByLabel('Amount').fill('20')
  await form.getByLabel('How').selectOption({ label: 'wallet' })
  await form.getByLabel('Why').fill('The tower was down')
  await press(page, 'Give it back')
  await page.getByText('The money was given back').waitFor()
  await page.getByRole('listitem').filter({ hasText: 'The tower was down' }).getByText('KES 20').waitFor()
  expect(await balance(buyer)).toBe(20_000_000)
  expect(faults).toEqual([])
  await context.close()
})

test('a reseller is taken on, pays in and sells', async () => {
  await drawer()
  const buyer = await customer(`Imani ${mark}`)
  const { page, faults } = await at('/resellers')
  const name = `Shop ${mark}`
  await press(page, 'Add a reseller')
  const form = page.getByRole('dialog')
  await form.getByLabel('Name', { exact: true }).fill(name)
  await form.getByLabel('Commission').fill('10')
  await form.getByRole('button', { name: 'Add a reseller' }).click()
  await page.getByRole('link', { name, exact: true }).or(page.getByRole('heading', { level: 1, name })).first().waitFor()
  const link = page.getByRole('link', { name, exact: true })
  if (await link.isVisible()) await link.click()

  await press(page, 'Take cash')
  await form.getByLabel('Amount').fill('200')
  await press(page, 'I have the cash')
  await page.getByText('KES 200 came in').waitFor()
  await press(page, 'Sell from the float')
  await form.getByLabel('Phone of the customer').fill(buyer.phone)
  await form.getByLabel('Plan').selectOption({ label: `${PLAN}, KES\u00a050` })
  await form.getByRole('button', { name: 'Sell', exact: true }).click()
  await page.getByText('the commission is KES 5').waitFor()
  // 200 came in, 45 of the price of 50 went out.
  await page.getByText('KES 155').first().waitFor()
  await page.getByRole('row').filter({ hasText: PLAN }).getByText('KES 50').waitFor()
  expect(faults).toEqual([])
})

/** Somebody pays at the paybill and types an account number that nobody has. */
async function paid(receipt: string, amount: number): Promise<void> {
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
    FirstName: 'Grace',
    MiddleName: '',
    LastName: '',
  })
}

test('a receipt that a customer shows is typed, and credited at once', async () => {
  const payer = await customer(`Hassan ${mark}`)
  const { page, faults } = await at('/payments?tab=receipts')
  await press(page, 'Type a receipt')
  const form = page.getByRole('dialog')
  const receipt = `T${mark}`.padEnd(10, 'Y')
  // As people type it.
  await form.getByLabel('Receipt').fill(` ${receipt.toLowerCase()}`)
  await form.getByLabel('Wallet').fill(payer.account_no)
  await form.getByRole('button', { name: new RegExp(`Hassan ${mark}`) }).click()
  await form.getByLabel('Amount').fill('70')
  await press(page, 'Enter it')
  await page.getByText(`${receipt} is credited`).waitFor()
  await page.getByRole('row').filter({ hasText: receipt }).getByText('Not confirmed').waitFor()
  expect(await balance(payer)).toBe(70_000_000)
  expect(faults).toEqual([])
})

test('money without an owner is given back to its payer', async () => {
  const { page, faults } = await at('/payments?tab=suspense')
  const receipt = `U${mark}`.padEnd(10, 'Z')
  await page.getByRole('status').getByText('Live', { exact: true }).waitFor()
  await paid(receipt, 60)
  // It comes by itself.
  const row = page.getByRole('row').filter({ hasText: receipt })
  await row.getByRole('button', { name: `Give back ${receipt}` }).click()
  await press(page, 'Give it back')
  await page.getByText('The provider is asked').waitFor()
  await row.waitFor({ state: 'detached' })
  await page.getByRole('link', { name: 'Receipts', exact: true }).click()
  const told = page.getByRole('row').filter({ hasText: receipt })
  await expect
    .poll(async () => {
      await page.reload()
      await settled(page)
      return told.innerText()
    }, { timeout: 60_000 })
    .toContain('Given back')
  expect(faults).toEqual([])
})

test('the accounts at the providers are set up, and their secrets never come out', async () => {
  const { page, faults } = await at('/payment-accounts')
  await page.getByText('One is stored').first().waitFor()
  await page.getByLabel('Till number').fill('123456')
  await press(page, 'Save')
  await page.getByText('Saved', { exact: true }).waitFor()
  await press(page, 'Register')
  await page.getByText('Registered.').waitFor()
  await press(page, 'Show the addresses')
  await page.getByText('/c2b/confirmation').waitFor()
  await keep(page, 'story-accounts')
  await call('PATCH', '/api/v1/payments/mpesa/', { till: '' })

  await page.getByRole('link', { name: 'Paystack', exact: true }).click()
  await page.getByLabel('Secret key').fill('sk_test_of_the_story')
  await press(page, 'Save')
  await page.getByText('One is stored').waitFor()
  expect(await page.getByLabel('Secret key').inputValue()).toBe('')
  await call('PATCH', '/api/v1/payments/paystack/', { secret_key: '' })
  expect(faults).toEqual([])
})
