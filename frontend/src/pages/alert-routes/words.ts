// Kinds of alerts in the reader's language; a release's new one by its name.

import { i18n, t } from '@/i18n'

export function kindTitle(kind: string): string {
  if (kind === '*') return t('alertRoutes.every')
  if (kind.endsWith('.*')) {
    const key = `alertRoutes.subject.${kind.slice(0, -2)}`
    const name = i18n.global.te(key) ? t(key) : kind.slice(0, -2)
    return t('alertRoutes.allOf', { name })
  }
  const key = `alertRoutes.kind.${kind}`
  return i18n.global.te(key) ? t(key) : kind
}
