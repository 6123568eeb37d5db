import { expect, test } from 'vitest'

import type { Tenant } from '@/api/client'

import { fromUser, held, toPlacement, todayIn } from './placement'

const amina = {
  roles: ['cashier'],
  primary_department: 1,
  extra_departments: [
    { department: 2, receive_alerts: false },
    { department: 3, receive_alerts: true },
  ],
  extra_sites: [7],
} as Tenant['User']

test('a placement comes back as it was', () => {
  expect(toPlacement(fromUser(amina))).toEqual({
    roles: ['cashier'],
    primary_department: 1,
    extra_departments: amina.extra_departments,
    extra_sites: [7],
  })
})

test('the home is not a further department as well', () => {
  const values = { ...fromUser(amina), primary_department: 2 }
  expect(toPlacement(values).extra_departments).toEqual([{ department: 3, receive_alerts: true }])
})

test('a position is held from its first to its last day, both included', () => {
  const row = { starts_on: '2026-11-02', ends_on: '2026-11-21' }
  expect(held(row, '2026-11-01')).toBe('later')
  expect(held(row, '2026-11-02')).toBe('now')
  expect(held(row, '2026-11-21')).toBe('now')
  expect(held(row, '2026-11-22')).toBe('over')
  expect(held({ starts_on: '2026-11-02', ends_on: null }, '2030-01-01')).toBe('now')
})

test('today is the day of the organisation', () => {
  const evening = new Date('2026-11-21T22:30:00Z')
  expect(todayIn('Africa/Nairobi', evening)).toBe('2026-11-22')
  expect(todayIn('UTC', evening)).toBe('2026-11-21')
})
