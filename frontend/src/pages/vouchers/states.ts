// A voucher's life, in the order in which it is lived, and how each state looks.

import type { Tenant } from '@/api/client'

export type State = Tenant['Voucher']['state']

export const STATES: readonly State[] = ['printed', 'sold', 'activated', 'expired', 'void']

type Tone = 'neutral' | 'good' | 'warn' | 'bad' | 'info'

export const TONES: Record<State, Tone> = {
  printed: 'neutral',
  sold: 'info',
  activated: 'good',
  expired: 'neutral',
  void: 'bad',
}

/** Whether it can still be taken back. */
export function alive(state: State): boolean {
  return state !== 'void' && state !== 'expired'
}
