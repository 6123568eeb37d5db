// A technician watches live sessions: who logs in at a router is there without a reload.
import { test } from 'vitest'

import { expect, settled, signIn, useBrowser } from './browser'
import { colleague, radius, tenant } from './platform'

const open = useBrowser()

test('a customer who logs in appears by itself, and is gone by itself', async () => {
  const { host, nas, subscribers } = tenant()
  // A router of the technician's own site, and a customer of the demo.
  const [router] = nas
  const [, customer] = subscribers
  if (!router || !customer) throw new Error('the demo has routers and customers')
  const { page, faults } = await open()
  await signIn(page, host, colleague('technician'))
  await page.getByRole('link', { name: 'Live sessions' }).click()
  await page.getByRole('status').getByText('Live', { exact: true }).waitFor()
  await page.getByLabel('State').selectOption('Online')
  await settled(page)
  await page.evaluate(() => Object.assign(window, { notReloaded: true }))

  const packet = {
    'User-Name': customer.username,
    'Acct-Session-Id': `story-${Date.now()}`,
    'NAS-IP-Address': router.ip,
    'Calling-Station-Id': '02-00-00-00-00-01',
    'Framed-IP-Address': '10.9.8.7',
  }
  const login = { 'User-Name': customer.username, 'User-Password': customer.password }
  expect(await radius('auth', router, login)).toBe('Access-Accept')
  await radius('acct', router, { ...packet, 'Acct-Status-Type': 'Start' })
  const row = page.getByRole('row').filter({ hasText: '10.9.8.7' })
  await row.waitFor()
  expect(await row.innerText()).toContain(customer.username)

  const end = { 'Acct-Session-Time': '60', 'Acct-Terminate-Cause': 'User-Request' }
  await radius('acct', router, { ...packet, ...end, 'Acct-Status-Type': 'Stop' })
  await row.waitFor({ state: 'detached' })
  expect(await page.evaluate(() => 'notReloaded' in window)).toBe(true)
  expect(faults).toEqual([])
})
