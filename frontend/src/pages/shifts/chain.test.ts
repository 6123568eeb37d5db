import { expect, test } from 'vitest'

import { flat, inTheWay, linkOf, type Day } from './chain'

const day = (seq: number, previous: string, hash: string, site: number | null = 3) =>
  ({ seq, previous, hash, site }) as Day

test('a close fits when it carries the hash of the one before it', () => {
  const days = [day(3, 'b', 'c'), day(2, 'a', 'b'), day(1, '', 'a')]
  expect(days.map((one) => linkOf(one, days))).toEqual(['fits', 'fits', 'first'])
})

test('what was changed, or has another chain, is seen', () => {
  const days = [day(3, 'b', 'c'), day(2, 'a', 'x'), day(2, 'y', 'b', null), day(9, 'h', 'i')]
  expect(days.map((one) => linkOf(one, days))).toEqual(['broken', 'unseen', 'unseen', 'unseen'])
  expect(linkOf(day(2, '', 'b'), [])).toBe('broken')
  expect(linkOf(day(1, 'z', 'a'), [])).toBe('broken')
})

test('open shifts of the site stand in the way, later ones do not', () => {
  const shift = (state: string, site: number | null, opened_at: string) => ({ state, site, opened_at })
  const shifts = [
    shift('open', 3, '2026-11-21T06:00:00Z'),
    shift('closed', 3, '2026-11-21T06:00:00Z'),
    shift('open', null, '2026-11-21T06:00:00Z'),
    shift('open', 3, '2026-11-22T06:00:00Z'),
  ] as never[]
  expect(inTheWay(shifts, 3, '2026-11-21T21:00:00Z')).toEqual([shifts[0]])
})

test('parts are shown however deep they stand', () => {
  expect(flat({ mpesa: { number: 2, amount_micro: 5 }, unverified: ['QK1'] })).toEqual([
    ['mpesa.number', 2],
    ['mpesa.amount_micro', 5],
    ['unverified.0', 'QK1'],
  ])
})
