// Figures of money for the dashboard, from the reports and lists that there are.

import { api, send, type Tenant } from '@/api/client'
import { dayAfter, dayStart, today } from '@/app/ranges'
import { money } from '@/app/format'

const WEEK = 7
const LATE_MS = 120_000
const MOST = 100

export interface Takings {
  wifi: number
  total: number
  /** Of the same weekday a week ago, until the same time of day. */
  before: number
}

function sum(rows: Tenant['IncomeRow'][], service?: string): number {
  return rows
    .filter((row) => !service || row.service === service)
    .reduce((all, row) => all + row.amount_micro, 0)
}

export async function takings(now = Date.now()): Promise<Takings> {
  const day = today(undefined, now)
  const then = dayAfter(day, -WEEK)
  const ago = now - WEEK * 86_400_000
  const income = (query: { since: string; until: string }) =>
    send(api.GET('/api/v1/reports/income/', { params: { query: { ...query, by: 'hour' } } }))
  // A second more: the day may just have begun, and a time must have a length.
  const until = (at: number) => new Date(at + 1000).toISOString()
  const [here, there] = await Promise.all([
    income({ since: dayStart(day), until: until(now) }),
    income({ since: dayStart(then), until: until(ago) }),
  ])
  return { wifi: sum(here.income, 'wifi'), total: sum(here.income), before: sum(there.income) }
}

/** "+20 %" against then; `` where there is nothing to compare with. */
export function change({ total, before }: Takings): string {
  if (before <= 0) return ''
  const percent = Math.round((100 * (total - before)) / before)
  return `${percent > 0 ? '+' : ''}${percent} %`
}

/** Payments whose payer has had the prompt for long. */
export function late(rows: Pick<Tenant['Payment'], 'created_at'>[], now = Date.now()): number {
  return rows.filter(({ created_at: at }) => now - Date.parse(at) > LATE_MS).length
}

export interface Waiting {
  late: number
  unmatched: number
  /** There are more than were looked at. */
  more: boolean
}

export async function waiting(): Promise<Waiting> {
  const query = { state: 'pending', page_size: MOST }
  const [pending, suspense] = await Promise.all([
    send(api.GET('/api/v1/payments/', { params: { query } })),
    send(api.GET('/api/v1/payments/suspense/', { params: { query: { page_size: MOST } } })),
  ])
  return {
    late: late(pending.results),
    unmatched: suspense.results.length,
    more: suspense.next !== null,
  }
}

export const shown = (micro: number | undefined): string => money(micro ?? null)
