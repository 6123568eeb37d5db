import { expect, test } from 'vitest'

import { money } from './format'

const said = (micro: number) => money(micro, 'KES').replace('\u00a0', ' ')

test('money is whole where it can be', () => {
  expect(said(1_500_000_000)).toBe('KES 1,500')
  expect(said(500_000)).toBe('KES 0.50')
})

test('nothing has no sign', () => {
  expect(said(-0)).toBe('KES 0')
})
