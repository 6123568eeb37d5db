// The API counts in micro-units, kbit/s and seconds; people type money, Mbit/s and hours. Fields
// keep the API's names, so that its messages find them.

import type { Tenant } from '@/api/client'

const MICRO = 1_000_000
const KILO = 1000
const HOUR = 3600

export interface PlanValues {
  name: string
  price_micro: number | null
  download_kbps: number | null
  upload_kbps: number | null
  session_timeout_s: number | null
  devices: number | null
}

function divided(value: number | null | undefined, by: number): number | null {
  return value == null ? null : value / by
}

function times(value: number | null, by: number): number | null {
  return value === null ? null : Math.round(value * by)
}

export function fromPlan(plan: Tenant['Plan'] | null): PlanValues {
  return {
    name: plan?.name ?? '',
    price_micro: divided(plan?.price_micro, MICRO),
    download_kbps: divided(plan?.download_kbps, KILO),
    upload_kbps: divided(plan?.upload_kbps, KILO),
    session_timeout_s: divided(plan?.session_timeout_s, HOUR),
    devices: plan?.devices ?? 1,
  }
}

export function toPlan(values: PlanValues): Tenant['PlanRequest'] {
  return {
    name: values.name,
    price_micro: times(values.price_micro, MICRO) ?? 0,
    download_kbps: times(values.download_kbps, KILO),
    upload_kbps: times(values.upload_kbps, KILO),
    session_timeout_s: times(values.session_timeout_s, HOUR),
    devices: values.devices ?? 0,
  }
}
