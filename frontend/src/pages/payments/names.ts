// Words for what the API names shortly.

import { i18n, t } from '@/i18n'

function named(group: string, name: string): string {
  const key = `payments.${group}.${name}`
  return i18n.global.te(key) ? t(key) : name
}

export const providerName = (provider: string): string => named('provider', provider)
export const doorName = (door: string): string => named('door', door)
export const PROVIDERS = ['mpesa', 'paystack'] as const
export const STATES = ['created', 'pending', 'paid', 'failed', 'unknown'] as const
export const OUTCOMES = ['credited', 'duplicate', 'failed', 'unknown', 'suspense', 'rejected', 'returned'] as const
export const DOORS = ['stk', 'c2b', 'reversal', 'paystack'] as const

export const providers = () => PROVIDERS.map((value) => ({ value, label: providerName(value) }))
