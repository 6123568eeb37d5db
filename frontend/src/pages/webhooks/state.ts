import type { Tenant } from '@/api/client'
import type { Tone } from '@/ui/AppBadge.vue'

export type State = 'on' | 'failing' | 'off' | 'gone' | 'broken'

/** How an endpoint is: switched off by a person, by its own 410, by failing for days, or on. */
export function stateOf(endpoint: Tenant['Endpoint']): State {
  if (!endpoint.enabled) {
    if (endpoint.disabled_reason === 'gone') return 'gone'
    return endpoint.disabled_reason === 'failing' ? 'broken' : 'off'
  }
  return endpoint.failing_since ? 'failing' : 'on'
}

export const TONES: Record<State, Tone> = {
  on: 'good',
  failing: 'warn',
  off: 'neutral',
  gone: 'bad',
  broken: 'bad',
}

export const DELIVERY_TONES: Record<string, Tone> = {
  pending: 'info',
  delivered: 'good',
  failed: 'bad',
}
