import type { Platform } from '@/api/client'
import type { Tone } from '@/ui/AppBadge.vue'

type State = NonNullable<Platform['Tenant']['state']>
/** The steps of provisioning, in their order; `active` ends it. */
export const STEPS: readonly State[] = [
  'requested',
  'schema',
  'role',
  'migrated',
  'granted',
  'seeded',
  'active',
]

export function toneOf(state: State | undefined): Tone {
  if (state === 'active') return 'good'
  if (state === 'failed') return 'bad'
  return state === 'suspended' || state === 'deleting' ? 'warn' : 'info'
}

/** Somebody works on it right now: the page looks again. */
export function moves(state: State | undefined): boolean {
  return state === 'deleting' || (state !== 'active' && STEPS.includes(state as State))
}
