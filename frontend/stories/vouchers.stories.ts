// A manager makes vouchers, shows one's code and voids what is left; at an open till one is sold by
// the code on its paper.
import { test } from 'vitest'

import { expect, keep, press, signedIn, signIn, useBrowser } from './browser'
import { call, tenant } from './platform'

const open = useBrowser()
const { host } = tenant()
const mark = Date.now() % 10_000_000

test('a manager makes vouchers and sells one', async () => {
  const login = { email: `vouchers-${mark}@story.test`, password: 'a long password for the story' }
  await call('POST', '/api/v1/access/users/', { ...login, roles: ['manager'] })
  const { page, faults } = await open()
  await signIn(page, host, login)
  await signedIn(page)
  await page.getByRole('link', { name: 'Sell', exact: true }).click()
  await page.getByLabel('In the drawer').fill('500')
  await press(page, 'Open my shift')
  await page.getByRole('heading', { name: 'Who buys?' }).waitFor()

  await page.getByRole('link', { name: 'Vouchers', exact: true }).click()
  await press(page, 'Make vouchers')
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill(`Story ${mark}`)
  await dialog.getByLabel('Plan').selectOption({ label: 'Daily 5 Mbps' })
  await dialog.getByLabel('How many').fill('3')
  await press(page, 'Make them')
  await page.getByRole('heading', { name: `Story ${mark}` }).waitFor()
  await page.getByRole('link', { name: 'Print on A4' }).waitFor()
  await keep(page, 'story-vouchers')

  await page.getByRole('link', { name: /^voucher-\d+$/ }).first().click()
  await press(page, 'Show the code')
  const code = await page.getByRole('textbox', { name: 'Code' }).inputValue()
  expect(code).toMatch(/^[2-9A-Z]{4}-[2-9A-Z]{4}$/)

  await page.getByRole('link', { name: 'Vouchers', exact: true }).click()
  await press(page, 'Sell a voucher')
  await dialog.getByLabel('Code').fill(code.toLowerCase().replace('-', ' '))
  await press(page, 'I have the cash')
  await page.getByText(/^voucher-\d+ is sold for KES/).waitFor()

  await page.getByRole('link', { name: `Story ${mark}` }).click()
  await page.getByRole('button', { name: 'Void the rest' }).click()
  await dialog.getByLabel('Why').fill('The story is over')
  await dialog.getByRole('button', { name: 'Void', exact: true }).click()
  await page.getByText('3 vouchers were voided').waitFor()
  expect(faults).toEqual([])
})
