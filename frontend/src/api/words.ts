// An error in words: the API's own where it says what to do, ours where it cannot.

import { t } from '@/i18n'

import type { ApiError } from './errors'

export function words(error: ApiError): { title: string; text: string } {
  const said = (key: string) => ({ title: t(`error.${key}.title`), text: t(`error.${key}.text`) })
  if (error.offline) return said('offline')
  if (error.status === 404) return said('notFound')
  if (error.status === 429) return said('throttled')
  if (error.status >= 500) return said('server')
  if (error.status === 403) return { title: t('error.forbidden.title'), text: error.message }
  return { title: t('error.refused.title'), text: error.message }
}

/** One line, for a toast. */
export function line(error: ApiError): string {
  const { title, text } = words(error)
  return error.status >= 400 && error.status < 500 && error.message ? error.message : `${title}. ${text}`
}
