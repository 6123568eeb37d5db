// An alert reaches the department that it is routed to, and no other: two colleagues with the same
// rights in two departments, each with the news open.
import type { Page } from 'playwright-core'
import { afterAll, test } from 'vitest'

import { expect, signedIn, signIn, url, useBrowser, type Login } from './browser'
import { call, stack, tenant } from './platform'

const open = useBrowser()
const { host, slug } = tenant()
const password = 'a long password for the story'
const NEWS = '/notifications'
const mark = Date.now()
const undo: (() => Promise<unknown>)[] = []
afterAll(async () => {
  for (const step of undo.reverse()) await step()
})

interface Row {
  id: number
}

async function made<T extends Row>(path: string, body: unknown): Promise<T> {
  const row = await call<T>('POST', path, body)
  undo.push(() => call('DELETE', `${path}${row.id}/`))
  return row
}

/** A manager in a department of this story; alerts of support sessions go there if `routed`. */
async function department(name: string): Promise<Row & Login> {
  const { id } = await made('/api/v1/access/departments/', { name: `${name} ${mark}` })
  const email = `${name}-${mark}@story.test`.toLowerCase()
  const body = { email, password, name, roles: ['manager'], primary_department: id }
  const user = await call<Row>('POST', '/api/v1/access/users/', body)
  undo.push(() =>
    call('PATCH', `/api/v1/access/users/${user.id}/`, { is_active: false, primary_department: null }),
  )
  return { id, email, password }
}

/** Something that people hear of: the platform's operator comes for this reason. */
async function visit(reason: string): Promise<void> {
  const body = { tenant: slug, role: 'viewer', reason, minutes: 15 }
  const { id } = await call<Row>('POST', '/api/platform/support-sessions/', body, stack.platform)
  undo.push(() => call('DELETE', `/api/platform/support-sessions/${id}/`, undefined, stack.platform))
}

async function reading(login: Login): Promise<Page> {
  const { page } = await open()
  await signIn(page, host, login)
  await signedIn(page)
  await page.goto(url(host, NEWS))
  await page.getByRole('status').getByText('Live', { exact: true }).waitFor()
  await page.getByText('No news').waitFor()
  return page
}

test('an alert reaches the right department only', async () => {
  const [north, south] = [await department('North'), await department('South')]
  const route = await made<Row>('/api/v1/access/alert-routes/', {
    event_type: 'support.opened',
    min_severity: 'info',
    departments: [north.id],
  })
  const [inNorth, inSouth] = [await reading(north), await reading(south)]

  await visit(`For the north ${mark}`)
  await inNorth.getByText(`For the north ${mark}`).waitFor()
  await inNorth.getByRole('link', { name: '1 unread' }).waitFor()

  // The other way round: when the second has come to the south, the first would long be there.
  const path = `/api/v1/access/alert-routes/${route.id}/`
  await call('PATCH', path, { departments: [south.id] })
  await visit(`For the south ${mark}`)
  await inSouth.getByText(`For the south ${mark}`).waitFor()
  await inSouth.getByRole('link', { name: '1 unread' }).waitFor()
  expect(await inSouth.getByText(`For the north ${mark}`).count()).toBe(0)
  expect(await inNorth.getByText(`For the south ${mark}`).count()).toBe(0)
})
