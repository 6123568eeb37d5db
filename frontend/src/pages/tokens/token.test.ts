import { expect, test } from 'vitest'

import { stateOf, toToken, type TokenValues } from './token'

const now = Date.parse('2026-11-21T08:00:00Z')
const values: TokenValues = {
  name: 'till',
  all: false,
  abilities: ['radius.plan.view'],
  expires_at: 30,
  allowed_ips: '10.0.0.0/8\n 192.0.2.7, ',
}

test('a token has what was chosen, until then, from there', () => {
  expect(toToken(values, now)).toEqual({
    name: 'till',
    abilities: ['radius.plan.view'],
    expires_at: '2026-12-21T08:00:00.000Z',
    allowed_ips: ['10.0.0.0/8', '192.0.2.7'],
  })
})

test('everything is no ceiling, and nothing chosen is nothing', () => {
  expect(toToken({ ...values, all: true, expires_at: null }, now)).toMatchObject({
    abilities: null,
    expires_at: null,
  })
  expect(toToken({ ...values, abilities: [] }, now).abilities).toEqual([])
})

test('a token that ends soon is told of before it does', () => {
  expect(stateOf(null, now)).toBe('good')
  expect(stateOf('2027-11-21T08:00:00Z', now)).toBe('good')
  expect(stateOf('2026-11-25T08:00:00Z', now)).toBe('soon')
  expect(stateOf('2026-11-21T07:59:00Z', now)).toBe('over')
})
