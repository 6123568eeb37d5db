// What is wrong with kiosks now.

import { api, send, type Tenant } from '@/api/client'
import type { Tone } from '@/ui/AppBadge.vue'
import { useLoad, type Loaded } from '@/ui/load'

export type Signal = Tenant['Signal']

/** Water runs away, or somebody is at the machine: at once. The rest: today. */
const URGENT = new Set<Signal['signal']>(['leak', 'tamper', 'totalizer_backwards'])

export function toneOf({ signal, open }: Signal): Tone {
  if (!open) return 'neutral'
  return URGENT.has(signal) ? 'bad' : 'warn'
}

export function useOpenSignals(): Loaded<Signal[]> & { of: (kiosk: string) => Signal[] } {
  const query = { open: 'true', page_size: 200 } as object
  const all = useLoad(
    async () => (await send(api.GET('/api/v1/water/signals/', { params: { query } }))).results,
  )
  return { ...all, of: (kiosk) => (all.data.value ?? []).filter((one) => one.kiosk === kiosk) }
}
