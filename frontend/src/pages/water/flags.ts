// What is remarkable about a record, in the reader's language; a release's new one by its name.

import { i18n, t } from '@/i18n'

export function flagName(flag: string): string {
  const key = `water.flag.${flag}`
  return i18n.global.te(key) ? t(key) : flag.replaceAll('_', ' ')
}
