import { expect, test } from 'vitest'

import { joined, split } from './filters'

test('what was asked for comes back', () => {
  const types = ['session.*', 'plan.created', '*']
  const { areas, others } = split(types)
  expect(areas).toEqual(['session.*'])
  expect(joined(areas, others)).toEqual(types)
})

test('nothing is asked for twice', () => {
  expect(joined(['session.*'], 'session.*, plan.created')).toEqual(['session.*', 'plan.created'])
})
