// The platform's owner creates a tenant, visits it for a reason, and its owner sees the visit.
import { test } from 'vitest'

import { expect, press, signedIn, signIn, useBrowser } from './browser'
import { call, stack } from './platform'

const open = useBrowser()

test('an operator creates a tenant, opens a support session, and takes both away', async () => {
  const slug = `story${Date.now() % 1_000_000}`
  const host = `${slug}.localhost`
  const reason = 'Ticket 4711: the first router'
  const owner = { email: 'owner@story.test', password: 'a long password for the story' }
  const platform = await open()
  const { page } = platform
  await signIn(page, stack.platform.host, stack.platform)
  await press(page, 'Create a tenant')
  const form = page.getByRole('dialog')
  await form.getByLabel('Name', { exact: true }).fill('Story WiFi')
  await form.getByLabel('Short name').fill(slug)
  await form.getByLabel('mail address').fill(owner.email)
  await form.getByLabel('first password').fill(owner.password)
  await form.getByRole('button', { name: 'Create a tenant' }).click()
  // The list looks by itself while the tenant is being made.
  const row = page.getByRole('row').filter({ hasText: slug })
  await row.getByText('Active', { exact: true }).waitFor({ timeout: 120_000 })

  await page.getByRole('link', { name: 'Support sessions' }).click()
  await press(page, 'Open a session')
  await page.getByLabel('Tenant').selectOption({ label: 'Story WiFi' })
  await page.getByLabel('Reason').fill(reason)
  await page.getByRole('dialog').getByRole('button', { name: 'Open a session' }).click()
  await page.getByRole('heading', { name: 'You may enter' }).waitFor()
  const token = await page.getByLabel('Token').inputValue()
  const visitor = { host, token, scheme: 'Support' } as const
  const me = await call<{ email: string }>('GET', '/api/v1/me/', undefined, visitor)
  expect(me.email).toBe(stack.platform.email)
  await press(page, 'Close')

  const tenant = await open()
  await signIn(tenant.page, host, owner)
  await signedIn(tenant.page)
  await tenant.page.getByRole('link', { name: 'Support sessions' }).click()
  await tenant.page.getByRole('row').filter({ hasText: reason }).getByText('Open').waitFor()

  const visit = page.getByRole('row').filter({ hasText: reason }).first()
  await visit.getByRole('button', { name: 'End' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'End' }).click()
  await page.getByText('The session has ended').waitFor()
  await page.getByRole('link', { name: 'Tenants' }).click()
  await row.getByRole('button', { name: 'Delete' }).click()
  const sure = page.getByRole('dialog')
  expect(await sure.getByRole('button', { name: 'Delete' }).isDisabled()).toBe(true)
  await sure.getByRole('textbox').fill(slug)
  await sure.getByRole('button', { name: 'Delete' }).click()
  await row.waitFor({ state: 'detached', timeout: 120_000 })
  expect([...platform.faults, ...tenant.faults]).toEqual([])
})
