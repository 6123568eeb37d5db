// An owner invites a cashier, who chooses a password; then the owner gives a position, which counts.
import { test } from 'vitest'

import { expect, press, settled, signedIn, signIn, url, useBrowser } from './browser'
import { linkMailedTo, tenant } from './platform'

const open = useBrowser()
const PATH = '/sign-in/invitation#'

test('an owner invites a cashier and gives a position', async () => {
  const { host, owner } = tenant()
  const email = `wanjiru-${Date.now()}@story.test`
  const office = await open()
  const { page } = office
  await signIn(page, host, owner)
  await page.getByRole('link', { name: 'Staff' }).click()
  await press(page, 'Invite somebody')
  const form = page.getByRole('dialog')
  await form.getByLabel('Mail address').fill(email)
  await form.getByLabel('Name', { exact: false }).first().fill('Wanjiru')
  await form.getByLabel('Cashier').check()
  await form.getByLabel('Department').first().selectOption({ label: 'Sales' })
  await press(page, 'Send the invitation')
  await page.getByText(`An invitation is on its way to ${email}`).waitFor()
  await page.getByRole('row', { name: email }).waitFor()

  // A worker sends the mail.
  await expect.poll(() => linkMailedTo(email, PATH), { timeout: 120_000 }).not.toBe('')
  const till = await open({ phone: true })
  await till.page.goto(linkMailedTo(email, PATH))
  // The token is not left in the address.
  await till.page.waitForURL((at) => at.hash === '')
  await till.page.getByLabel('A password of your own').fill('kiosk by the blue gate')
  await press(till.page, 'Accept the invitation')
  await signedIn(till.page)
  await till.page.getByRole('link', { name: 'Customers' }).click()
  await till.page.getByRole('button', { name: 'Add a customer' }).waitFor()

  await page.getByRole('link', { name: 'People' }).click()
  await page.getByLabel('Name or address').fill(email)
  await page.getByRole('link', { name: 'Wanjiru' }).click()
  await press(page, 'Give the position')
  await page.getByRole('dialog').getByLabel('Position').selectOption({ label: 'Trainee (Sales)' })
  await page.getByRole('dialog').getByRole('button', { name: 'Give the position' }).click()
  await page.getByRole('listitem').filter({ hasText: 'Trainee' }).getByText('Now').waitFor()

  // A trainee changes no customers.
  await till.page.goto(url(host, '/customers'))
  await settled(till.page)
  expect(await till.page.getByRole('button', { name: 'Add a customer' }).count()).toBe(0)
  expect([...office.faults, ...till.faults]).toEqual([])
})
