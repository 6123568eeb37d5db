import { describe, expect, test } from 'vitest'

import type { Tenant } from '@/api/client'

import { why, type Known } from './why'

const now = new Date('2026-11-21T09:00:00Z').getTime()
const session = (values: Partial<Tenant['Session']>) => values as Tenant['Session']
const login = (values: Partial<Tenant['Login']>) => values as Tenant['Login']
const known = (values: Partial<Known>): Known => ({
  customer: { status: 'active', expires_at: null },
  session: null,
  login: null,
  now,
  ...values,
})

describe('why a customer is offline', () => {
  test('somebody online is not offline, whatever else is wrong', () => {
    const open = session({ online: true, started_at: '2026-11-21T08:00:00Z' })
    const answer = why(known({ customer: { status: 'suspended' }, session: open }))
    expect(answer).toEqual({ kind: 'online', since: '2026-11-21T08:00:00Z' })
  })

  test('a suspended account comes before its expiry', () => {
    const customer = { status: 'suspended', expires_at: '2026-11-01T00:00:00Z' } as const
    expect(why(known({ customer })).kind).toBe('suspended')
  })

  test('an account that ran out says when', () => {
    const customer = { status: 'active', expires_at: '2026-11-20T00:00:00Z' } as const
    expect(why(known({ customer }))).toEqual({ kind: 'expired', at: '2026-11-20T00:00:00Z' })
  })

  test('a refused login after the last session gives its reason', () => {
    const last = session({ online: false, stopped_at: '2026-11-21T07:00:00Z' })
    const refused = login({ accepted: false, reason: 'wrong password', at: '2026-11-21T08:00:00Z' })
    const answer = why(known({ session: last, login: refused }))
    expect(answer).toMatchObject({ kind: 'refused', reason: 'wrong password' })
  })

  test('a refused login before the last session is forgotten', () => {
    const last = session({ online: false, stopped_at: '2026-11-21T08:30:00Z' })
    const refused = login({ accepted: false, at: '2026-11-21T08:00:00Z' })
    expect(why(known({ session: last, login: refused })).kind).toBe('left')
  })

  test('who was never seen was never here', () => {
    expect(why(known({})).kind).toBe('never')
  })
})
