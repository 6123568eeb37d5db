import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { filled, listed } from './offline'

const WORKER = readFileSync(join(import.meta.dirname, '../src/offline/worker.js'), 'utf8')

/** What the worker registered, run with the few things of a browser that it asks for. */
function run(files: string[]) {
  const handlers: Record<string, (event: never) => void> = {}
  const self = {
    addEventListener: (name: string, handler: never) => (handlers[name] = handler),
    location: { origin: 'https://acme.test' },
  }
  const code = filled(WORKER, files, 'x').replaceAll('self.location', 'here.location')
  new Function('self', 'here', 'caches', 'fetch', code)(self, self, {
    match: async () => 'kept',
  }, async () => {
    throw new TypeError('no network')
  })
  return (path: string, mode = 'cors', method = 'GET', origin = 'https://acme.test') => {
    let answer: unknown
    const request = { method, mode, url: `${origin}${path}` }
    const event = { request, respondWith: (given: unknown) => (answer = given) }
    handlers.fetch?.(event as never)
    return answer as Promise<unknown> | undefined
  }
}

test('the files of the client are kept, and nothing that a host has of its own', () => {
  const names = [
    'index.html', 'offline.html', 'manifest.json', 'assets/index-12345678.js',
    'assets/pusher.min.js', 'assets/a-12345678.css', 'icons/icon.svg',
  ]
  expect(listed(names)).toEqual([
    '/assets/a-12345678.css', '/assets/index-12345678.js', '/offline.html',
  ])
})

test('answers of the API, files of tenants and other hosts pass the worker by', () => {
  const asked = run(['/assets/a.js', '/offline.html'])
  expect(asked('/api/v1/me/')).toBeUndefined()
  expect(asked('/files/abc:def')).toBeUndefined()
  expect(asked('/_allauth/browser/v1/auth/session')).toBeUndefined()
  expect(asked('/assets/a.js', 'cors', 'GET', 'https://elsewhere.test')).toBeUndefined()
  expect(asked('/customers', 'navigate', 'POST')).toBeUndefined()
})

test('a file comes from the cache, a page only when there is no network', async () => {
  const asked = run(['/assets/a.js'])
  expect(await asked('/assets/a.js')).toBe('kept')
  expect(await asked('/customers/12', 'navigate')).toBe('kept')
})

test('another content is another version', () => {
  expect(filled(WORKER, ['/a.js'], 'one')).not.toBe(filled(WORKER, ['/a.js'], 'two'))
  expect(filled(WORKER, ['/a.js'], 'one')).not.toMatch(/__FILES__|__VERSION__/)
})
