// A page that listens for what its channel does not carry waits for ever.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test } from 'vitest'

const SOURCE = join(import.meta.dirname, '..')
const documented = readFileSync(join(SOURCE, '../../docs/asyncapi.yaml'), 'utf8')

/** What each channel carries, by its name without `private-`. */
function carried(): Map<string, Set<string>> {
  const channels = new Map<string, Set<string>>()
  let here = new Set<string>()
  for (const text of documented.split('\n')) {
    const channel = /^ {2}private-([\w-]+?)(?:-\{id\})?:$/.exec(text)?.[1]
    const message = /^ {6}([\w.]+\.[\w.]+):$/.exec(text)?.[1]
    if (channel) channels.set(channel, (here = channels.get(channel) ?? new Set()))
    else if (message) here.add(message)
  }
  return channels
}

const heard = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.(vue|ts)$/.test(path) && !path.endsWith('.test.ts') && path !== 'live/live.ts')
  .flatMap((path) =>
    [...readFileSync(join(SOURCE, path), 'utf8').matchAll(/useLive\(\s*[`']([\w-]+?)(?:-\$\{.*?)?[`'], \{(.*?)\bresync/gs)].flatMap(
      ([, channel = '', handlers = '']) =>
        [...handlers.matchAll(/'([a-z_]+\.[a-z_.]+)':/g)].map(([, event]) => `${channel} ${event}`),
    ),
  )

test('what pages listen for, their channels carry', () => {
  const channels = carried()
  expect(heard).toContain('payments suspense.created')
  expect(heard.filter((one) => {
    const [channel = '', event = ''] = one.split(' ')
    return !channels.get(channel)?.has(event)
  })).toEqual([])
})
