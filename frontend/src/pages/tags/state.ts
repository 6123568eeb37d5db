import type { Tenant } from '@/api/client'
import { t } from '@/i18n'
import type { Tone } from '@/ui/AppBadge.vue'

export type Tag = Tenant['Tag']
export type State = NonNullable<Tag['state']>

export const TONES: Record<State, Tone> = { active: 'good', blocked: 'warn', lost: 'bad' }

export function nameOf({ label, id }: Tag): string {
  return label || t('tags.nameless', { id: id.slice(-4) })
}
