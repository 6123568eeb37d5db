import { beforeAll, expect, test } from 'vitest'

import { speak } from '@/i18n'

import { reasonTitle } from './reason'

beforeAll(() => speak('sw'))

test('a refusal is said in the reader’s language', () => {
  expect(reasonTitle('wrong password')).toBe('Nenosiri si sahihi')
})

test('what nobody knows is said as it came', () => {
  expect(reasonTitle('Closed on Sundays')).toBe('Closed on Sundays')
  expect(reasonTitle('')).toBe('–')
  expect(reasonTitle(null)).toBe('–')
})
