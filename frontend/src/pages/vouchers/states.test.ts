import { expect, test } from 'vitest'

import { alive, STATES, TONES } from './states'

test('every state has a look', () => {
  expect(Object.keys(TONES).sort()).toEqual([...STATES].sort())
})

test('what is void or over is not taken back', () => {
  expect(STATES.filter(alive)).toEqual(['printed', 'sold', 'activated'])
})
