import { expect, test } from 'vitest'

import { byKiosk, byTime, timeOf } from './sales'

const row = (kiosk: string, day: string, hour: number, sold_ml: number) => ({
  kiosk,
  name: kiosk,
  site: 1,
  day,
  hour,
  sold_ml,
  income_micro: sold_ml * 25,
  number: 1,
})
const rows = [
  row('a', '2026-11-21', 9, 20_000),
  row('b', '2026-11-21', 9, 5_000),
  row('b', '2026-11-20', 23, 40_000),
]

test('litres of all kiosks are summed by the hour, in order', () => {
  expect(byTime(rows).map(([, litres]) => litres)).toEqual([40, 25])
  const [first, , last] = rows.map(timeOf)
  expect(Number(first) - Number(last)).toBe(10 * 3600)
})

test('each kiosk has one line, the most first', () => {
  expect(byKiosk(rows).map(({ kiosk, sold_ml, number }) => [kiosk, sold_ml, number])).toEqual([
    ['b', 45_000, 2],
    ['a', 20_000, 1],
  ])
})
