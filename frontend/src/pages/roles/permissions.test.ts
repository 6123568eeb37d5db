import { expect, test } from 'vitest'

import { bare, grouped, meant, risky, type Permission } from './permissions'

const known: Permission[] = [
  bare('radius.plan.view'),
  { ...bare('access.user.manage'), risk: 'high' },
  bare('radius.nas.view'),
]

test('codes stand with others of their app', () => {
  expect(grouped(known).map(({ app, codes }) => [app, codes.length])).toEqual([
    ['radius', 2],
    ['access', 1],
  ])
})

test('a pattern means all that begin so, and nothing that only looks alike', () => {
  expect(meant('radius.*', known).map(({ code }) => code)).toEqual([
    'radius.plan.view',
    'radius.nas.view',
  ])
  expect(meant('radius.plan.view', known)).toHaveLength(1)
  expect(meant('*', known)).toHaveLength(3)
})

test('high risks are counted', () => {
  expect(risky(['radius.plan.view', 'access.user.manage'], known)).toBe(1)
})
