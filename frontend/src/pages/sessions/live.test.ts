import { expect, test } from 'vitest'

import type { Tenant } from '@/api/client'

import { moved } from './live'

const row = (id: string, octets: number, at: string) =>
  ({ id, output_octets: octets, updated_at: at, username: id }) as Tenant['Session']
const snapshot = (sessions: object[]) =>
  ({ active: 2, input_octets: 0, output_octets: 0, sessions }) as never

test('a snapshot moves the rows that it names, and only those', () => {
  const rows = [row('a', 1, '2026-01-01T00:00:00Z'), row('b', 1, '2026-01-01T00:00:00Z')]
  const now = moved(rows, snapshot([row('a', 9, '2026-01-01T00:01:00Z')]))
  expect(now.map((one) => one.output_octets)).toEqual([9, 1])
  expect(now[0]?.username).toBe('a')
})

test('what is older than the row changes nothing', () => {
  const rows = [row('a', 9, '2026-01-01T00:02:00Z')]
  const now = moved(rows, snapshot([row('a', 1, '2026-01-01T00:01:00Z')]))
  expect(now[0]?.output_octets).toBe(9)
})
