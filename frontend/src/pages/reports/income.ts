// Rows of the income report as a chart and as sums.

import type { Tenant } from '@/api/client'

export type Income = Tenant['Income']
type Row = Pick<Tenant['IncomeRow'], 'at' | 'amount_micro'>

export const STEP_S = { hour: 3600, day: 86_400 } as const

/**
 * Unix seconds of the time that was asked for, one each step, so that hours without income are 0;
 * what is still to come is left out.
 */
export function timesOf(
  rows: readonly Row[],
  step: number,
  { since, until }: { since: string; until: string },
  now = Date.now(),
): number[] {
  const first = Date.parse(since) / 1000
  const last = Math.min(Date.parse(until), now) / 1000
  const steps = Array.from({ length: Math.max(0, Math.ceil((last - first) / step)) }, (_, n) => first + n * step)
  // Days on which clocks change are not a step apart.
  const all = rows.map(({ at }) => Date.parse(at) / 1000)
  return [...new Set([...steps, ...all])].sort((a, b) => a - b)
}

/** Sums by a name of the row, at each time. */
export function seriesOf<R extends Row>(
  rows: readonly R[],
  times: readonly number[],
  name: (row: R) => string,
): Map<string, number[]> {
  const place = new Map(times.map((time, index) => [time, index]))
  const found = new Map<string, number[]>()
  for (const row of rows) {
    const key = name(row)
    const values = found.get(key) ?? times.map(() => 0)
    const index = place.get(Date.parse(row.at) / 1000) ?? -1
    if (index >= 0) values[index] = (values[index] ?? 0) + row.amount_micro
    found.set(key, values)
  }
  return found
}

export interface Sum<R> {
  row: R
  amount_micro: number
  number: number
}

/** One line for each name, the largest first. */
export function sums<R extends Row & { number: number }>(
  rows: readonly R[],
  name: (row: R) => string,
): (Sum<R> & { name: string })[] {
  const found = new Map<string, Sum<R>>()
  for (const row of rows) {
    const sum = found.get(name(row)) ?? { row, amount_micro: 0, number: 0 }
    sum.amount_micro += row.amount_micro
    sum.number += row.number
    found.set(name(row), sum)
  }
  return [...found]
    .map(([key, sum]) => ({ name: key, ...sum }))
    .sort((a, b) => b.amount_micro - a.amount_micro)
}

export function total(rows: readonly Row[]): number {
  return rows.reduce((sum, row) => sum + row.amount_micro, 0)
}

const cell = (value: unknown) => {
  const text = String(value)
  return /[",\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text
}

/** A table for spreadsheets; texts that one would run are made harmless (OWASP, CSV injection). */
export function csv(rows: readonly object[]): string {
  if (!rows[0]) return ''
  const safe = (value: unknown) =>
    typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  const lines = rows.map((row) => Object.values(row).map((value) => cell(safe(value))).join(','))
  return `\ufeff${[Object.keys(rows[0]).join(','), ...lines].join('\r\n')}\r\n`
}
