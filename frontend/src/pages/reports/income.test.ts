import { expect, test } from 'vitest'

import { csv, seriesOf, STEP_S, sums, timesOf, total } from './income'

const row = (at: string, channel: string, amount_micro: number) => ({
  at,
  channel,
  amount_micro,
  number: 1,
})
const rows = [
  row('2026-11-21T08:00:00+03:00', 'cash', 50),
  row('2026-11-21T08:00:00+03:00', 'wallet', 20),
  row('2026-11-21T11:00:00+03:00', 'cash', 30),
]
const channel = ({ channel: name }: { channel: string }) => name

test('hours without income are in the chart, as nothing; hours to come are not', () => {
  const day = { since: '2026-11-20T21:00:00Z', until: '2026-11-21T21:00:00Z' }
  const now = Date.parse('2026-11-21T08:30:00Z')
  const times = timesOf(rows, STEP_S.hour, day, now)
  expect(times.length).toBe(12)
  const series = seriesOf(rows, times, channel)
  expect(series.get('cash')).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 50, 0, 0, 30])
  expect(series.get('wallet')?.[8]).toBe(20)
  const later = { since: day.until, until: '2026-11-22T21:00:00Z' }
  expect(timesOf([], STEP_S.day, later, now)).toEqual([])
})

test('sums by channel, the largest first', () => {
  const found = sums(rows, channel)
  expect(found.map(({ name, amount_micro, number }) => [name, amount_micro, number])).toEqual([
    ['cash', 80, 2],
    ['wallet', 20, 1],
  ])
  expect(total(rows)).toBe(100)
})

test('a spreadsheet gets quoted, harmless text', () => {
  const text = csv([{ name: '=1+1, "x"', amount: -5 }])
  expect(text).toBe('\ufeffname,amount\r\n"\'=1+1, ""x""",-5\r\n')
  expect(csv([])).toBe('')
})
