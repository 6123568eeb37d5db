import type { Tenant } from '@/api/client'
import type { Tone } from '@/ui/AppBadge.vue'

export type Dispense = Tenant['Transaction']

/** As they were reported; `refunded` is said of one later, and not asked for. */
export const STATES = ['completed', 'partial', 'aborted', 'quarantined'] as const
export const TONES: Record<Dispense['state'], Tone> = {
  completed: 'good',
  partial: 'warn',
  aborted: 'neutral',
  quarantined: 'bad',
  refunded: 'info',
}

/** What of it can still be given back, in micro-units. */
export function refundable({ captured_micro, refunded_micro }: Dispense): number {
  return Math.max(0, (captured_micro ?? 0) - refunded_micro)
}
