// Why is this customer offline? The first of these that is so, in the order in which they stand in
// a login's way.

import type { Tenant } from '@/api/client'

export interface Known {
  customer: Pick<Tenant['Subscriber'], 'status' | 'expires_at'>
  session: Tenant['Session'] | null
  login: Tenant['Login'] | null
  now: number
}

export type Why =
  | { kind: 'online'; since: string }
  | { kind: 'suspended' }
  | { kind: 'expired'; at: string }
  | { kind: 'refused'; reason: string; at: string }
  | { kind: 'never' }
  | { kind: 'left'; at: string; cause: string }

export function why({ customer, session, login, now }: Known): Why {
  if (session?.online) return { kind: 'online', since: session.started_at }
  if (customer.status === 'suspended') return { kind: 'suspended' }
  const end = customer.expires_at
  if (end && new Date(end).getTime() < now) return { kind: 'expired', at: end }
  const stopped = session?.stopped_at ?? null
  if (login && !login.accepted && (!stopped || login.at > stopped))
    return { kind: 'refused', reason: login.reason || login.reply, at: login.at }
  if (stopped) return { kind: 'left', at: stopped, cause: session?.terminate_cause ?? '' }
  return { kind: 'never' }
}
