// What was sold, summed for a chart and for each kiosk.

import type { Tenant } from '@/api/client'
import { dayStart } from '@/app/ranges'

export type Sold = Tenant['WaterSales']['sales'][number]

const HOUR_S = 3600

/** When a row's hour or day begins, in unix seconds. */
export function timeOf({ day, hour }: Pick<Sold, 'day' | 'hour'>): number {
  return Date.parse(dayStart(day)) / 1000 + (hour ?? 0) * HOUR_S
}

/** Litres of all kiosks by time, rising. */
export function byTime(rows: readonly Sold[]): [number, number][] {
  const sums = new Map<number, number>()
  for (const row of rows) sums.set(timeOf(row), (sums.get(timeOf(row)) ?? 0) + row.sold_ml / 1000)
  return [...sums].sort(([a], [b]) => a - b)
}

export interface KioskSum {
  kiosk: string
  name: string
  sold_ml: number
  income_micro: number
  number: number
}

/** The most first. */
export function byKiosk(rows: readonly Sold[]): KioskSum[] {
  const sums = new Map<string, KioskSum>()
  for (const { kiosk, name, sold_ml, income_micro, number } of rows) {
    const sum = sums.get(kiosk) ?? { kiosk, name, sold_ml: 0, income_micro: 0, number: 0 }
    sum.sold_ml += sold_ml
    sum.income_micro += income_micro
    sum.number += number
    sums.set(kiosk, sum)
  }
  return [...sums.values()].sort((a, b) => b.sold_ml - a.sold_ml)
}
