// What an owner sets up once: roles, alert routes, tokens, mail and texts, where people sign in, and
// customers from a file. Each by its form, and gone or as it was in the end.
import type { Page } from 'playwright-core'
import { afterAll, test } from 'vitest'

import { expect, press, settled, signedIn, signIn, url, useBrowser, type Window } from './browser'
import { call, tenant } from './platform'

const open = useBrowser()
const { host, owner } = tenant()
const mark = String(Date.now() % 1_000_000)

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

/** Takes away what was asked for, and says so. */
async function sure(page: Page, action: string): Promise<void> {
  await page.getByRole('dialog').getByRole('button', { name: action, exact: true }).click()
}

test('a role is made, changed and deleted', async () => {
  const { page, faults } = await at('/roles/new')
  const title = `Night shift ${mark}`
  await page.getByLabel('Name', { exact: true }).fill(title)
  await page.getByLabel('Name for programs').fill(`night-${mark}`)
  await page.getByRole('checkbox', { name: /radius\.session\.view/ }).check()
  await press(page, 'Make a role')
  await page.getByRole('heading', { level: 1, name: title }).waitFor()
  await press(page, 'Edit')
  await page.getByRole('checkbox', { name: /access\.user\.manage/ }).check()
  await page.getByText('One of them is of high risk').waitFor()
  await press(page, 'Save')
  await page.getByText('access.user.manage').waitFor()
  await press(page, 'Delete')
  await sure(page, 'Delete')
  await page.waitForURL((at) => at.pathname === '/roles')
  await settled(page)
  expect(await page.locator('main').innerText()).not.toContain(title)
  expect(faults).toEqual([])
})

test('an alert route is added, changed and deleted', async () => {
  const { page, faults } = await at('/alert-routes')
  const form = page.getByRole('dialog')
  const type = 'Somebody was locked out of signing in'
  await press(page, 'Add a route')
  await form.getByLabel('Alert', { exact: true }).selectOption({ label: type })
  await form.getByRole('checkbox', { name: 'Technical' }).check()
  await form.getByRole('button', { name: 'Add a route' }).click()
  const row = page.getByRole('row').filter({ hasText: type })
  await row.getByText('Technical').waitFor()
  await row.getByRole('button', { name: /^Edit/ }).click()
  await form.getByLabel('How urgent').selectOption({ label: 'Only urgent' })
  await press(page, 'Save')
  await row.getByText('Only urgent').waitFor()
  await row.getByRole('button', { name: /^Delete/ }).click()
  await sure(page, 'Delete')
  await row.waitFor({ state: 'detached' })
  expect(faults).toEqual([])
})

test('a token is made, does what it may and no more, and is revoked', async () => {
  const { page, faults } = await at('/tokens')
  const name = `Books ${mark}`
  await press(page, 'Make a token')
  const form = page.getByRole('dialog')
  await form.getByLabel('Name', { exact: true }).fill(name)
  await form.getByRole('checkbox', { name: /radius\.plan\.view/ }).check()
  await form.getByRole('button', { name: 'Make a token' }).click()
  const token = await page.getByRole('dialog', { name: `The token ${name}` }).locator('code').innerText()
  const program = { host, token }
  await call('GET', '/api/v1/radius/plans/', undefined, program)
  await expect(call('GET', '/api/v1/wallets/', undefined, program)).rejects.toThrow('permission_denied')
  await press(page, 'I have kept it')
  const row = page.getByRole('row').filter({ hasText: name })
  await row.getByRole('button', { name: 'Revoke' }).click()
  await sure(page, 'Revoke')
  await row.waitFor({ state: 'detached' })
  await expect(call('GET', '/api/v1/radius/plans/', undefined, program)).rejects.toThrow()
  expect(faults).toEqual([])
})

test('the mail server is set up and tried', async () => {
  const before = await call<object>('GET', '/api/v1/notifications/mail/')
  const { page, faults } = await at('/messages')
  await page.getByLabel(/^Server/).fill('smtp.story.test')
  await page.getByLabel('From address').fill('office@story.test')
  await page.getByLabel('Send through our own server').check()
  await press(page, 'Save')
  await page.getByText('Saved', { exact: true }).waitFor()
  // Nobody is called so; what went wrong is said.
  await press(page, 'Send a test')
  await page.getByRole('status').filter({ hasText: 'smtp.story.test' }).waitFor()
  await call('PATCH', '/api/v1/notifications/mail/', before)
  expect(faults).toEqual([])
})

test('a text is sent to try the account', async () => {
  const { page, faults } = await at('/messages?tab=sms')
  await page.getByLabel('At most a day').fill('150')
  await press(page, 'Save')
  await page.getByText('Saved', { exact: true }).waitFor()
  await page.getByLabel('Send to').fill('+254711000009')
  await press(page, 'Send a test')
  await page.locator('main').getByRole('status').getByText(/has taken a text/).waitFor()
  expect(faults).toEqual([])
})

test('a sign-in provider is added, tried, changed and deleted', async () => {
  const { page, faults } = await at('/settings/sign-in')
  const name = `Directory ${mark}`
  await press(page, 'Add a provider')
  const form = page.getByRole('dialog')
  await form.getByLabel('Kind', { exact: true }).selectOption({ label: 'LDAP directory' })
  await form.getByLabel('Name', { exact: true }).fill(name)
  await form.getByLabel('Short name').fill(`dir${mark}`)
  await form.getByLabel('Server').fill('ldaps://directory.story.test')
  await form.getByLabel('People are below').fill('ou=people,dc=story,dc=test')
  await form.getByRole('button', { name: 'Add a provider' }).click()
  const row = page.getByRole('listitem').filter({ hasText: name })
  await row.getByText('LDAP directory').waitFor()
  await row.getByRole('button', { name: 'Edit' }).click()
  await form.getByLabel('People can sign in there').uncheck()
  await form.getByRole('button', { name: 'Save' }).click()
  await row.getByText('Off', { exact: true }).waitFor()
  await row.getByRole('button', { name: 'Test the connection' }).click()
  await page.getByRole('alert').or(page.getByRole('status')).filter({ hasText: /directory|LDAP|reach/i }).first().waitFor()
  await row.getByRole('button', { name: /^Delete/ }).click()
  await form.getByRole('textbox').fill(`dir${mark}`)
  await sure(page, 'Delete')
  await row.waitFor({ state: 'detached' })
  expect(faults).toEqual([])
})

function file(rows: string[]) {
  const text = ['username,password,plan,phone', ...rows, ''].join('\n')
  return { name: 'customers.csv', mimeType: 'text/csv', buffer: Buffer.from(text) }
}

test('customers come from a file, after its faults were mended', async () => {
  const { page, faults } = await at('/import')
  const [first, second] = [`csv-a-${mark}`, `csv-b-${mark}`]
  const choose = page.locator('input[type=file]')
  await choose.setInputFiles(
    file([`${first},a long password,Daily 5 Mbps,`, `${second},a long password,No such plan,`]),
  )
  await press(page, 'Check the file')
  await page.getByRole('region', { name: 'What to mend' }).getByText('Line 3').waitFor()
  await choose.setInputFiles(
    file([`${first},a long password,Daily 5 Mbps,`, `${second},a long password,Daily 5 Mbps,`]),
  )
  await press(page, 'Check the file')
  await press(page, 'Import 2 rows')
  await page.getByText('All rows are in.').waitFor()
  const { results } = await call<{ results: { id: number }[] }>(
    'GET',
    `/api/v1/radius/subscribers/?q=${mark}`,
  )
  expect(results).toHaveLength(2)
  for (const { id } of results) await call('DELETE', `/api/v1/radius/subscribers/${id}/`)
  expect(faults).toEqual([])
})
