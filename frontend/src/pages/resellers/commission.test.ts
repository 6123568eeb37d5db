import { expect, test } from 'vitest'

import { percent, toBp } from './commission'

test('percent and hundredths of it', () => {
  expect([toBp(7.5), toBp(0.07), toBp(null)]).toEqual([750, 7, 0])
  expect([percent(750), percent(0), percent(undefined)]).toEqual(['7.5 %', '0 %', '–'])
})
