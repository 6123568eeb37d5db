import { expect, test } from 'vitest'

import type { Tenant } from '@/api/client'

import { fromPlan, toPlan } from './units'

test('a plan comes back as it was', () => {
  const plan = {
    name: 'Daily 5 Mbps',
    price_micro: 49_500_000,
    download_kbps: 5000,
    upload_kbps: 512,
    session_timeout_s: 86_400,
    devices: 2,
  }
  const values = fromPlan(plan as Tenant['Plan'])
  expect(values.price_micro).toBe(49.5)
  expect(values.upload_kbps).toBe(0.512)
  expect(toPlan(values)).toEqual(plan)
})

test('an empty limit is no limit', () => {
  const values = { ...fromPlan(null), name: 'Free', download_kbps: null, devices: null }
  expect(toPlan(values)).toMatchObject({ download_kbps: null, devices: 0, price_micro: 0 })
})
