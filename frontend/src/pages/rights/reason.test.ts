import { expect, test } from 'vitest'

import { said } from './reason'

test('a role that allows is named', () => {
  const answer = { allowed: true, reason: 'role', rule: 'the role night shift allows it' }
  expect(said(answer)).toEqual({ key: 'role', name: 'night shift', micro: null })
})

test('a position that denies is not one that grants', () => {
  const rule = 'the position Trainee denies it'
  expect(said({ allowed: false, reason: 'position', rule }).key).toBe('denies')
  const other = 'the position Acting manager grants it'
  expect(said({ allowed: true, reason: 'position', rule: other })).toMatchObject({
    key: 'grants',
    name: 'Acting manager',
  })
})

test('a limit has its amount', () => {
  const answer = { allowed: false, reason: 'limit', rule: 'refund_max is 5000000 micro-units' }
  expect(said(answer)).toEqual({ key: 'limit', name: 'refund_max', micro: 5_000_000 })
})

test('a rule of a newer release is told in its own words', () => {
  const answer = { allowed: false, reason: 'curfew', rule: 'it is night' }
  expect(said(answer)).toEqual({ key: 'other', name: 'it is night', micro: null })
})
