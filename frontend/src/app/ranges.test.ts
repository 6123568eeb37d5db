import { expect, test } from 'vitest'

import { dayAfter, dayStart, today } from './ranges'

test('a day begins where the tenant is', () => {
  expect(dayStart('2026-11-21', 'Africa/Nairobi')).toBe('2026-11-20T21:00:00.000Z')
  expect(dayStart('2026-11-21', 'UTC')).toBe('2026-11-21T00:00:00.000Z')
  // Clocks go forward at 01:00 UTC of this day, and back on the other.
  expect(dayStart('2026-03-29', 'Europe/Berlin')).toBe('2026-03-28T23:00:00.000Z')
  expect(dayStart('2026-03-30', 'Europe/Berlin')).toBe('2026-03-29T22:00:00.000Z')
  expect(dayStart('2026-10-26', 'Europe/Berlin')).toBe('2026-10-25T23:00:00.000Z')
})

test('today is the day there, and months end', () => {
  expect(today('Africa/Nairobi', Date.parse('2026-11-20T22:00:00Z'))).toBe('2026-11-21')
  expect(dayAfter('2026-11-30')).toBe('2026-12-01')
  expect(dayAfter('2026-03-01', -1)).toBe('2026-02-28')
})
