// Where somebody stands, as a form has it and as the API has it.

import type { Tenant } from '@/api/client'

type User = Tenant['User']

export interface Placement {
  roles: string[]
  primary_department: number | null
  extra_departments: number[]
  /** Of the further departments: those whose alerts the person gets. */
  alerts: number[]
  extra_sites: number[]
}

export function fromUser(user?: User): Placement {
  const extra = user?.extra_departments ?? []
  return {
    roles: [...(user?.roles ?? [])],
    primary_department: user?.primary_department ?? null,
    extra_departments: extra.map((row) => row.department),
    alerts: extra.filter((row) => row.receive_alerts).map((row) => row.department),
    extra_sites: [...(user?.extra_sites ?? [])],
  }
}

export function toPlacement(values: Placement) {
  const { alerts, primary_department: home, ...rest } = values
  return {
    ...rest,
    primary_department: home,
    extra_departments: values.extra_departments
      .filter((department) => department !== home)
      .map((department) => ({ department, receive_alerts: alerts.includes(department) })),
  }
}

export type Held = 'now' | 'later' | 'over'

/** Of an assignment, by days of the organisation (`2026-11-21`); both ends are included. */
export function held(row: { starts_on: string; ends_on?: string | null }, today: string): Held {
  if (row.starts_on > today) return 'later'
  return row.ends_on && row.ends_on < today ? 'over' : 'now'
}

/** Today where the organisation is, whatever the browser's clock is set to. */
export function todayIn(zone: string, now = new Date()): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' }).format(now)
}
