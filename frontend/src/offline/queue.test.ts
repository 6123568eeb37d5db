import 'fake-indexeddb/auto'

import { beforeEach, expect, test, vi } from 'vitest'
import { reactive } from 'vue'

import { ApiError } from '@/api/errors'

import { createQueue, fateOf, randomKey, type Options, type Queue } from './queue'
import { indexedStore } from './store'

const PATH = '/api/v1/tills/sales/'
const sale = (title: string) => ({ kind: 'sale', title, path: PATH, body: { title } })

interface Sent {
  key: string
  body: { title: string }
}

/** An API that does each key's work once, behind a network that can be cut in both directions. */
function world() {
  const done = new Map<string, string>()
  const sent: Sent[] = []
  const here = {
    user: 'acme/1' as string | null,
    network: true,
    /** The request arrives, its answer does not. */
    answersGetLost: false,
    refusing: new Map<string, number>(),
  }
  const again: (() => void)[] = []
  let keys = 0

  const answer = (status: number, body: unknown) =>
    new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })
  const post: Options['post'] = async (_path, key, body) => {
    const { title } = body as { title: string }
    if (!here.network) throw new TypeError('Failed to fetch')
    sent.push({ key, body: { title } })
    const status = here.refusing.get(title)
    if (status)
      return answer(status, { error: { code: 'refused', message: `no ${title}`, fields: {} } })
    done.set(key, title)
    if (here.answersGetLost) throw new TypeError('Failed to fetch')
    return answer(201, { title })
  }
  const make = (): Queue =>
    createQueue({
      store: indexedStore(),
      owner: () => here.user,
      post,
      newKey: () => `key-${++keys}`,
      later: (call) => void again.push(call),
    })
  return { here, done, sent, again, make }
}

const titles = (queue: Queue) => queue.entries.value.map(({ title }) => title)

beforeEach(() => {
  indexedDB.deleteDatabase('wificore')
})

test('with a network nothing waits', async () => {
  const { make, done } = world()
  const queue = make()
  expect(await queue.send(sale('a'))).toEqual({ queued: false, data: { title: 'a' } })
  expect([...done.values()]).toEqual(['a'])
  expect(titles(queue)).toEqual([])
})

test('without one they wait, outlive the page, and are sent in order', async () => {
  const { make, here, done } = world()
  const before = make()
  here.network = false
  for (const title of ['a', 'b', 'c']) expect(await before.send(sale(title))).toMatchObject({ queued: true })
  expect(before.pause.value).toBe('offline')

  const after = make()
  await after.flush()
  expect(titles(after)).toEqual(['a', 'b', 'c'])
  here.network = true
  await after.flush()
  expect([...done.values()]).toEqual(['a', 'b', 'c'])
  expect(titles(after)).toEqual([])
})

test('an answer that got lost does not make two of one', async () => {
  const { make, here, done, sent } = world()
  const queue = make()
  here.answersGetLost = true
  await queue.send(sale('a'))
  expect(titles(queue)).toEqual(['a'])
  here.answersGetLost = false
  await queue.flush()
  expect(sent.map(({ key }) => key)).toEqual(['key-1', 'key-1'])
  expect([...done.values()]).toEqual(['a'])
})

test('what is new waits behind what is old', async () => {
  const { make, here, done } = world()
  const queue = make()
  here.network = false
  await queue.send(sale('old'))
  here.network = true
  expect(await queue.send(sale('new'))).toMatchObject({ queued: true })
  await queue.flush()
  expect([...done.values()]).toEqual(['old', 'new'])
})

test('a refusal at once is the form’s, and nothing is kept', async () => {
  const { make, here } = world()
  const queue = make()
  here.refusing.set('a', 400)
  await expect(queue.send(sale('a'))).rejects.toMatchObject({ status: 400, message: 'no a' })
  expect(titles(queue)).toEqual([])
})

test('a refusal later is kept until it is dismissed, and holds nobody up', async () => {
  const { make, here, done } = world()
  const queue = make()
  here.network = false
  for (const title of ['a', 'b']) await queue.send(sale(title))
  here.network = true
  here.refusing.set('a', 409)
  await queue.flush()
  expect([...done.values()]).toEqual(['b'])
  expect(queue.refused.value[0]).toMatchObject({ title: 'a', problem: { status: 409, message: 'no a' } })
  expect(queue.waiting.value).toEqual([])

  const again = make()
  await again.flush()
  expect(titles(again)).toEqual(['a'])
  await again.dismiss(again.refused.value[0]?.id ?? 0)
  expect(titles(again)).toEqual([])
})

test('a refused one can be tried again under its own key', async () => {
  const { make, here, done } = world()
  const queue = make()
  here.network = false
  await queue.send(sale('a'))
  here.network = true
  here.refusing.set('a', 403)
  await queue.flush()
  here.refusing.clear()
  await queue.again(queue.refused.value[0]?.id ?? 0)
  expect([...done]).toEqual([['key-1', 'a']])
})

test('a server that is away is tried again later, by itself and in order', async () => {
  const { make, here, done, again } = world()
  const queue = make()
  here.refusing.set('a', 503)
  await queue.send(sale('a'))
  await queue.send(sale('b'))
  await queue.flush()
  expect(queue.pause.value).toBe('server')
  expect([...done.values()]).toEqual([])
  here.refusing.clear()
  expect(again).toHaveLength(1)
  again[0]?.()
  await queue.flush()
  expect([...done.values()]).toEqual(['a', 'b'])
})

test('one on which the server breaks again and again does not hold the others for ever', async () => {
  const { make, here, done } = world()
  const queue = make()
  here.network = false
  for (const title of ['bad', 'good']) await queue.send(sale(title))
  here.network = true
  here.refusing.set('bad', 500)
  for (let turn = 0; turn < 5; turn++) await queue.flush()
  expect([...done.values()]).toEqual(['good'])
  expect(queue.refused.value).toMatchObject([{ title: 'bad', problem: { status: 500 } }])
})

test('signed out they wait for the same user, and nobody else sees or sends them', async () => {
  const { make, here, done, sent } = world()
  const queue = make()
  here.network = false
  await queue.send(sale('a'))
  here.network = true
  here.refusing.set('a', 401)
  await queue.flush()
  expect(queue.pause.value).toBe('signedOut')
  here.refusing.clear()

  for (const somebody of [null, 'acme/2', 'blue/1']) {
    here.user = somebody
    const before = sent.length
    await queue.flush()
    expect(titles(queue)).toEqual([])
    expect(sent).toHaveLength(before)
  }
  here.user = 'acme/1'
  await queue.flush()
  expect([...done.values()]).toEqual(['a'])
})

test('somebody else who signs in while it sends stops it', async () => {
  const { make, here, done } = world()
  const queue = make()
  here.network = false
  for (const title of ['a', 'b']) await queue.send(sale(title))
  here.network = true
  queue.onDone(() => (here.user = 'acme/2'))
  await queue.flush()
  expect([...done.values()]).toEqual(['a'])
  here.user = 'acme/1'
  await queue.refresh()
  expect(titles(queue)).toEqual(['b'])
})

test('whoever waits for an entry hears of it', async () => {
  const { make, here } = world()
  const queue = make()
  const heard = vi.fn()
  queue.onDone((entry, data) => heard(entry.kind, data))
  here.network = false
  await queue.send(sale('a'))
  here.network = true
  await Promise.all([queue.flush(), queue.flush()])
  expect(heard.mock.calls).toEqual([['sale', { title: 'a' }]])
})

test('a form’s own object can wait too', async () => {
  const { make, here, done } = world()
  const queue = make()
  here.network = false
  await queue.send({ ...sale('a'), body: reactive({ title: 'a', lines: [{ plan: 1 }] }) })
  here.network = true
  await queue.flush()
  expect([...done.values()]).toEqual(['a'])
})

test('keys are long, and each is another one', () => {
  const keys = new Set(Array.from({ length: 100 }, randomKey))
  expect(keys.size).toBe(100)
  for (const key of keys) expect(key).toMatch(/^[0-9a-f]{32}$/)
})

test('nobody who is not signed in can leave anything', async () => {
  const { make, here } = world()
  here.user = null
  await expect(make().send(sale('a'))).rejects.toMatchObject({ status: 401 })
})

test('which answers are final', () => {
  const fate = (status: number, code = 'x') => fateOf(new ApiError(status, code, ''))
  expect([0, 408, 425, 429, 500, 502, 503].map((status) => fate(status))).toEqual(
    Array.from({ length: 7 }, () => 'again'),
  )
  expect(fate(409, 'idempotency_key_busy')).toBe('again')
  expect([400, 403, 404, 409, 413, 422].map((status) => fate(status))).toEqual(
    Array.from({ length: 6 }, () => 'refused'),
  )
  expect([fate(401), fate(403, 'mfa_required'), fate(403, 'csrf_failed')]).toEqual(
    Array.from({ length: 3 }, () => 'signedOut'),
  )
})
