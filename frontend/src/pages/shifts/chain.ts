// Closed days are chained: each carries the hash of the one before it at its site. What is seen of
// the chain here is whether they fit together; `manage.py days_verify` computes the hashes anew.

import type { Tenant } from '@/api/client'

export type Day = Tenant['Day']
export type Link = 'first' | 'fits' | 'broken' | 'unseen'

/** How a close hangs on the one before it, as far as that is among the `days`. */
export function linkOf(day: Day, days: readonly Day[]): Link {
  if (day.seq === 1) return day.previous ? 'broken' : 'first'
  const before = days.find(({ site, seq }) => site === day.site && seq === day.seq - 1)
  if (!before) return day.previous ? 'unseen' : 'broken'
  return before.hash === day.previous ? 'fits' : 'broken'
}

/** Open shifts of a site that began before its day ends: they must be counted first. */
export function inTheWay(
  shifts: readonly Tenant['Shift'][],
  site: number | null,
  until: string,
): Tenant['Shift'][] {
  return shifts.filter(
    (shift) =>
      shift.state === 'open' && shift.site === site && new Date(shift.opened_at) < new Date(until),
  )
}

interface Sum {
  number: number
  amount_micro: number
}

/** What a close says (docs/money.md); parts are what other apps add, by their names. */
export interface Totals {
  shifts: {
    shift: string
    cashier: string
    cash: Record<string, number>
    expected_micro: number
    counted_micro: number
    difference_micro: number
  }[]
  sales: Record<string, Sum>
  refunds: Record<string, Sum>
  counted_micro: number
  difference_micro: number
  parts: Record<string, Record<string, unknown>>
}

/** Water's part of a close (docs/water.md): what kiosks sold beside what their meters counted. */
export interface WaterPart {
  sold_ml: number
  test_ml: number
  free_ml: number
  unexplained_ml: number
  change_ml: number
  income_micro: number
  missing: number
  kiosks: {
    kiosk: string
    name: string
    sold_ml: number
    unexplained_ml: number
    income_micro: number
    gaps: { day: string; epoch: number; from: number; to: number }[]
  }[]
}

export const waterOf = ({ parts }: Pick<Totals, 'parts'>): WaterPart | undefined =>
  parts.water as unknown as WaterPart | undefined

export const totalsOf = (day: Day): Totals => day.totals as unknown as Totals

/** Names and amounts of a part, however deep they stand: `["payments.mpesa.amount_micro", 5]`. */
export function flat(part: unknown, name = ''): [string, number | string][] {
  if (typeof part === 'number' || typeof part === 'string') return [[name, part]]
  if (part === null || typeof part !== 'object') return []
  return Object.entries(part).flatMap(([key, value]) => flat(value, name ? `${name}.${key}` : key))
}
