import { expect, test } from 'vitest'

import { change, late } from './money'

test('income is compared with the same weekday', () => {
  expect(change({ wifi: 0, total: 120, before: 100 })).toBe('+20 %')
  expect(change({ wifi: 0, total: 50, before: 100 })).toBe('-50 %')
  expect(change({ wifi: 0, total: 50, before: 0 })).toBe('')
})

test('a payment is late when its payer has had two minutes', () => {
  const now = Date.parse('2026-11-21T12:00:00Z')
  const rows = ['2026-11-21T11:57:00Z', '2026-11-21T11:58:30Z'].map((created_at) => ({ created_at }))
  expect(late(rows, now)).toBe(1)
})
