import { expect, test } from 'vitest'

import type { Tenant } from '@/api/client'

import { stateOf } from './state'

const router = { enabled: true, last_seen_at: '2026-11-21T06:00:00Z', silent_since: null }

test.each([
  [{ ...router, enabled: false }, 'off'],
  [{ ...router, last_seen_at: null }, 'waiting'],
  [{ ...router, silent_since: '2026-11-21T06:00:00Z' }, 'silent'],
  [router, 'seen'],
])('a router says how it is', (row, state) => {
  expect(stateOf(row as Tenant['Nas'])).toBe(state)
})
