import { expect, test } from 'vitest'

import { relayVerdict, spoolVerdict } from './verdict'

const relay = { lag_s: 0, backlog: 0, silent_s: 0.5, set_aside: 0 }
const spool = { name: 'acct', applied: 9, quarantined: 0, behind_s: 1, held: 0 }

test('a relay that works is well, a silent one is not', () => {
  expect(relayVerdict(relay)).toBe('good')
  expect(relayVerdict({ ...relay, silent_s: 12 })).toBe('warn')
  expect(relayVerdict({ ...relay, silent_s: null })).toBe('bad')
  expect(relayVerdict({ ...relay, lag_s: 90 })).toBe('bad')
})

test('what was set aside or held wants an eye, what cannot be read a hand', () => {
  expect(relayVerdict({ ...relay, set_aside: 1 })).toBe('warn')
  expect(spoolVerdict(spool)).toBe('good')
  expect(spoolVerdict({ ...spool, held: 3 })).toBe('warn')
  expect(spoolVerdict({ ...spool, quarantined: 1 })).toBe('bad')
})
