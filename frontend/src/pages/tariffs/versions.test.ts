import { expect, test } from 'vitest'

import { byBeginning, inForce, turnOf } from './versions'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const versions = [
  { v: 1, valid_from: '2026-01-01T00:00:00Z' },
  { v: 2, valid_from: '2026-12-01T00:00:00Z' },
  { v: 3, valid_from: '2026-11-01T00:00:00Z' },
]

test('the last that has begun is in force, whatever its number', () => {
  expect(inForce(versions, NOW)?.v).toBe(3)
  expect(versions.map((one) => turnOf(one, versions, NOW))).toEqual(['past', 'future', 'now'])
})

test('before the first there is no price', () => {
  expect(inForce(versions, Date.parse('2025-01-01T00:00:00Z'))).toBeUndefined()
})

test('of two that begin together the later made holds', () => {
  const twins = [...versions, { v: 4, valid_from: '2026-11-01T00:00:00Z' }]
  expect(inForce(twins, NOW)?.v).toBe(4)
  expect(byBeginning(twins).map(({ v }) => v)).toEqual([2, 4, 3, 1])
})
