import type { Tenant } from '@/api/client'
import type { Tone } from '@/ui/AppBadge.vue'

export type State = 'off' | 'waiting' | 'silent' | 'seen'

/** What its last packet says of a router; one that was never heard of is waited for. */
export function stateOf(router: Tenant['Nas']): State {
  if (!router.enabled) return 'off'
  if (!router.last_seen_at) return 'waiting'
  return router.silent_since ? 'silent' : 'seen'
}

export const TONES: Record<State, Tone> = {
  off: 'neutral',
  waiting: 'warn',
  silent: 'bad',
  seen: 'good',
}
