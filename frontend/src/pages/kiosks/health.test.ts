import { expect, test } from 'vitest'

import { healthOf } from './health'

test('a device says what it knows, and the rest is not made up', () => {
  const said = healthOf({ bat_mv: 3920, tank_pct: 71, door: 'open', queue: 0 })
  expect(said.battery).toBe('3.92\u00a0V')
  expect(said.tank).toBe('71\u00a0%')
  expect(said.rssi).toBe('–')
  expect(said.open).toBe(true)
  expect(healthOf({ door: 'closed', bat_mv: 'full' })).toMatchObject({ open: false, battery: '–' })
  expect(healthOf({}).open).toBeNull()
})
