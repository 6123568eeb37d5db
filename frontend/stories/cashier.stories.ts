// A cashier signs in with a second factor and finds a customer: once on a phone, once with the
// keyboard alone.
import type { Locator, Page } from 'playwright-core'
import { test } from 'vitest'

import { expect, press, signedIn, signIn, url, useBrowser, type Login } from './browser'
import { tabTo } from './keyboard'
import { call, tenant } from './platform'
import { code } from './totp'

const open = useBrowser()
const { host } = tenant()
const customer = tenant().subscribers[0]?.username ?? ''
const CODE = 'Code of your authenticator app'
const WRONG = '[aria-invalid="true"]'

async function hired(): Promise<Login> {
  const email = `cashier-${Date.now()}@story.test`
  const password = 'a long password for the story'
  await call('POST', '/api/v1/access/users/', { email, password, roles: ['cashier'] })
  return { email, password }
}

/** Gives codes until one is taken: on a slow machine one runs out under way. */
async function prove(page: Page, secret: string, give: (code: string) => Promise<void>, taken: Locator) {
  let used = ''
  while (!(await taken.isVisible())) {
    await expect.poll(() => code(secret), { timeout: 40_000 }).not.toBe(used)
    used = code(secret)
    await give(used)
    await taken.or(page.locator(WRONG)).first().waitFor()
  }
}

/** The secret of the app that was set up. */
async function setUpTheApp(page: Page, { password }: Login): Promise<string> {
  await page.getByRole('button', { name: /^My account/ }).click()
  await page.getByRole('link', { name: 'My sign-in' }).click()
  await press(page, 'Set up the app')
  const secret = await page.getByRole('dialog').locator('code').innerText()
  const again = page.getByRole('dialog', { name: 'Is it still you?' })
  const done = page.getByText('The app is your second factor now')
  const give = async (text: string) => {
    await page.getByLabel(CODE).fill(text)
    await press(page, 'Turn it on')
    await again.or(done).or(page.locator(WRONG)).first().waitFor()
    // Whoever finds the phone open must not get in for good.
    if (!(await again.isVisible())) return
    await again.getByLabel('Password').fill(password)
    await press(page, 'Go on')
    await again.waitFor({ state: 'detached' })
  }
  await prove(page, secret, give, done)
  return secret
}

test('a cashier signs in with a code of the app and finds a customer', async () => {
  const { page, faults } = await open({ phone: true })
  const login = await hired()
  await signIn(page, host, login)
  await signedIn(page)
  const secret = await setUpTheApp(page, login)
  await page.getByRole('button', { name: /^My account/ }).click()
  await press(page, 'Sign out')

  await page.getByLabel('E-mail address').waitFor()
  await signIn(page, host, login)
  await page.getByLabel(CODE).fill('000000')
  await press(page, 'Sign in')
  await page.locator(WRONG).waitFor()
  const give = async (text: string) => {
    await page.getByLabel(CODE).fill(text)
    await press(page, 'Sign in')
  }
  await prove(page, secret, give, page.getByRole('navigation', { name: 'Shortcuts' }))

  await page.getByRole('link', { name: 'Customers' }).click()
  await page.getByLabel('Name, user name or phone').fill(customer)
  await page.getByRole('link', { name: customer, exact: true }).click()
  await page.getByRole('heading', { level: 1, name: customer }).waitFor()
  await page.getByText('Why is this customer offline?').waitFor()
  // What a cashier may not, is not there.
  await press(page, 'More')
  await page.getByRole('dialog').getByRole('link', { name: 'Live sessions' }).waitFor()
  expect(await page.getByRole('link', { name: 'Staff' }).count()).toBe(0)
  expect(faults).toEqual([])
})

test('the same with the keyboard alone', async () => {
  const { page, faults } = await open()
  const { keyboard } = page
  const { email, password } = await hired()
  const enter = async () => {
    await page.getByLabel('E-mail address').waitFor()
    await tabTo(page, 'E-mail address')
    await keyboard.type(email)
    await tabTo(page, 'Password')
    await keyboard.type(password)
    await keyboard.press('Enter')
  }
  const menu = async (item: string) => {
    await tabTo(page, /^My account/)
    await keyboard.press('Enter')
    await tabTo(page, item)
    await keyboard.press('Enter')
  }

  await page.goto(url(host, '/sign-in'))
  await enter()
  await signedIn(page)
  await menu('My sign-in')
  await page.getByRole('button', { name: 'Set up the app' }).waitFor()
  await tabTo(page, 'Set up the app')
  await keyboard.press('Enter')
  const secret = await page.getByRole('dialog').locator('code').innerText()
  const give = async (text: string) => {
    await tabTo(page, CODE)
    await keyboard.press('Control+A')
    await keyboard.type(text)
    await keyboard.press('Enter')
  }
  const again = page.getByRole('dialog', { name: 'Is it still you?' })
  const done = page.getByText('The app is your second factor now')
  const setUp = async (text: string) => {
    await give(text)
    await again.or(done).or(page.locator(WRONG)).first().waitFor()
    if (!(await again.isVisible())) return
    await tabTo(page, 'Password')
    await keyboard.type(password)
    await keyboard.press('Enter')
    await again.waitFor({ state: 'detached' })
  }
  await prove(page, secret, setUp, done)
  await menu('Sign out')

  await enter()
  await page.getByLabel(CODE).waitFor()
  await prove(page, secret, give, page.getByRole('navigation', { name: 'Main navigation' }))
  // The first stop leads past the navigation; a page that was opened from there has the focus.
  await page.reload()
  await signedIn(page)
  await keyboard.press('Tab')
  expect(await page.locator(':focus').innerText()).toBe('Skip to the page')
  await tabTo(page, 'Customers')
  await keyboard.press('Enter')
  await page.getByLabel('Name, user name or phone').waitFor()
  await page.locator('main:focus').waitFor()
  await tabTo(page, 'Name, user name or phone')
  await keyboard.type(customer)
  await page.waitForURL(/q=/)
  await page.getByRole('link', { name: customer, exact: true }).waitFor()
  await tabTo(page, customer)
  await keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: customer }).waitFor()
  expect(faults).toEqual([])
})
