// Why RADIUS refused, in the reader's language. The words are those of docs/radius.md; what else
// stands there, an owner's own attributes said.

import { i18n, t } from '@/i18n'

export function reasonTitle(reason: string | null | undefined): string {
  const key = `logins.refusal.${(reason ?? '').replace(/ /g, '_')}`
  return reason && i18n.global.te(key) ? t(key) : reason || '–'
}
