import { expect, test } from 'vitest'

import { moves, toneOf } from './state'

test('a tenant that is being made or deleted is looked at again', () => {
  expect(moves('requested')).toBe(true)
  expect(moves('seeded')).toBe(true)
  expect(moves('deleting')).toBe(true)
})

test('one that rests is not', () => {
  for (const state of ['active', 'suspended', 'failed'] as const) expect(moves(state)).toBe(false)
  expect(toneOf('failed')).toBe('bad')
})
