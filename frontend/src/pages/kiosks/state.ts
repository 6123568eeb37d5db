// How a kiosk is, from what it was set to and when it was heard of last.

import type { Tenant } from '@/api/client'
import type { Tone } from '@/ui/AppBadge.vue'

export type Kiosk = Tenant['Kiosk']
export type State = 'online' | 'silent' | 'new' | 'blocked' | 'retired'

/** Kiosks report every few minutes; offline ones sell on from their leases. */
const SILENT_MS = 15 * 60_000

export function stateOf(
  { state, last_seen_at }: Pick<Kiosk, 'state' | 'last_seen_at'>,
  now = Date.now(),
): State {
  if (state === 'blocked' || state === 'retired') return state
  if (!last_seen_at) return 'new'
  return now - Date.parse(last_seen_at) > SILENT_MS ? 'silent' : 'online'
}

export const TONES: Record<State, Tone> = {
  online: 'good',
  silent: 'warn',
  new: 'info',
  blocked: 'bad',
  retired: 'neutral',
}

export interface Range {
  epoch: number
  from: number
  to: number
}

/** How many records never came. */
export function missingCount(ranges: readonly Range[]): number {
  return ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0)
}

/** "7" or "7–9". */
export function rangeText({ from, to }: Range): string {
  return from === to ? String(from) : `${from}–${to}`
}

/** Pulses of a litre, after so much ran into a vessel; null: it cannot be told. */
export function pulsesPerLitre(pulses: number | null, ml: number | null): number | null {
  if (!pulses || !ml || pulses < 0 || ml < 0) return null
  return Math.round((pulses * 1000) / ml)
}

/** How much more (or less) the meter counts than it should, in percent. */
export function deviation(measured: number, set: number): number {
  return set ? ((measured - set) / set) * 100 : 0
}
