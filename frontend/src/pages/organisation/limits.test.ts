import { expect, test } from 'vitest'

import { fromLimits, limitNames, toLimits } from './limits'

test('limits come back as they were', () => {
  const limits = { refund_max: 1_500_500_000, discount_max: 0 }
  expect(fromLimits(limits)).toEqual({ limit_refund_max: 1500.5, limit_discount_max: 0 })
  expect(toLimits({ ...fromLimits(limits), title: 'Till' })).toEqual(limits)
})

test('a limit that is emptied is none', () => {
  expect(toLimits({ limit_refund_max: null })).toEqual({})
})

test('each limit is asked for once', () => {
  const permissions = [{ limit: 'refund_max' }, { limit: '' }, { limit: 'refund_max' }]
  expect(limitNames(permissions)).toEqual(['refund_max'])
})
