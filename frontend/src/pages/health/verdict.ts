// When a number of the platform's health is worth an eye, and when a hand.

import type { Platform } from '@/api/client'

export type Verdict = 'good' | 'warn' | 'bad'
type Relay = NonNullable<Platform['Health']['relay']>
type Spool = NonNullable<Platform['Health']['spools']>[number]

/** It gives a sign of life each second, and events go out within one. */
export function relayVerdict(relay: Relay): Verdict {
  if (relay.silent_s === null || relay.silent_s > 30 || relay.lag_s > 60) return 'bad'
  return relay.silent_s > 5 || relay.lag_s > 5 || relay.set_aside > 0 ? 'warn' : 'good'
}

/** Held records wait for a tenant in trouble; quarantined ones cannot be read at all. */
export function spoolVerdict(spool: Spool): Verdict {
  if (spool.quarantined > 0) return 'bad'
  return spool.held > 0 ? 'warn' : 'good'
}
