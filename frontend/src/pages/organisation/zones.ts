// The time zones that this browser knows, for choosing.

import type { Choice } from '@/ui/form/choice'

/** With the one that is set, also where the browser lacks it (`UTC`, old names). */
export function zones(set: string): Choice<string>[] {
  const known = new Set([set, 'UTC', ...Intl.supportedValuesOf('timeZone')])
  return [...known].sort().map((value) => ({ value, label: value.replaceAll('_', ' ') }))
}
