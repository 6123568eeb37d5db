import { expect, test } from 'vitest'

import { wayOf, withWay } from './choices'

test('a kind that is not named goes as its severity says', () => {
  expect(wayOf({ 'job.*': ['sms'] }, 'nas.silent')).toBe('default')
})

test('what was chosen comes back', () => {
  for (const way of ['none', 'email', 'sms', 'both'] as const)
    expect(wayOf(withWay({}, 'nas.silent', way), 'nas.silent')).toBe(way)
})

test('going back to the default forgets the kind and keeps the rest', () => {
  expect(withWay({ a: [], 'job.*': ['sms'] }, 'a', 'default')).toEqual({ 'job.*': ['sms'] })
})
