import { expect, test } from 'vitest'

import { deviation, missingCount, pulsesPerLitre, rangeText, stateOf } from './state'

const NOW = Date.parse('2026-11-21T12:00:00Z')

test('a kiosk is silent when nothing came for a quarter of an hour', () => {
  const heard = (last_seen_at: string | null) => stateOf({ state: 'active', last_seen_at }, NOW)
  expect(heard('2026-11-21T11:50:00Z')).toBe('online')
  expect(heard('2026-11-21T11:40:00Z')).toBe('silent')
  expect(heard(null)).toBe('new')
})

test('what somebody set it to comes before what it does', () => {
  expect(stateOf({ state: 'blocked', last_seen_at: '2026-11-21T11:59:00Z' }, NOW)).toBe('blocked')
})

test('missing numbers are counted with both ends', () => {
  const ranges = [
    { epoch: 1, from: 7, to: 9 },
    { epoch: 2, from: 1, to: 1 },
  ]
  expect(missingCount(ranges)).toBe(4)
  expect(ranges.map(rangeText)).toEqual(['7–9', '1'])
})

test('a tap is measured against a vessel', () => {
  expect(pulsesPerLitre(9_000, 20_000)).toBe(450)
  expect(pulsesPerLitre(0, 20_000)).toBeNull()
  expect(pulsesPerLitre(100, null)).toBeNull()
  expect(deviation(459, 450)).toBeCloseTo(2)
})
