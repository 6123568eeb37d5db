// Times in the tenant's zone, money with its currency, figures as people read them.

import { computed } from 'vue'

import { i18n } from '@/i18n'

import { boot } from './boot'

const MICRO = 1_000_000
const locale = computed(() => (i18n.global.locale.value === 'sw' ? 'sw-KE' : 'en-KE'))
const made = new Map<string, Intl.DateTimeFormat | Intl.NumberFormat>()

function cached<T extends Intl.DateTimeFormat | Intl.NumberFormat>(key: string, make: () => T): T {
  const name = `${locale.value} ${key}`
  const known = made.get(name) as T | undefined
  if (known) return known
  const fresh = make()
  made.set(name, fresh)
  return fresh
}

function dates(key: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const all = { timeZone: boot.zone, ...options }
  return cached(key, () => new Intl.DateTimeFormat(locale.value, all))
}

export const NOTHING = '–'
type When = string | number | Date | null | undefined

export function dateTime(when: When): string {
  if (!when) return NOTHING
  return dates('dt', { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(when))
}

export function date(when: When): string {
  if (!when) return NOTHING
  // A day without a time is that day everywhere.
  if (typeof when === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(when))
    return dates('utc', { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(when))
  return dates('d', { dateStyle: 'medium' }).format(new Date(when))
}

export function clock(when: When): string {
  if (!when) return NOTHING
  return dates('t', { hour: '2-digit', minute: '2-digit' }).format(new Date(when))
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

/** "3 minutes ago", "in 2 days"; within a minute: now. */
export function ago(when: When, now: number = Date.now()): string {
  if (!when) return NOTHING
  const seconds = (new Date(when).getTime() - now) / 1000
  const format = new Intl.RelativeTimeFormat(locale.value, { numeric: 'auto' })
  const step = STEPS.find(([, size]) => Math.abs(seconds) >= size)
  if (!step) return format.format(0, 'second')
  return format.format(Math.trunc(seconds / step[1]), step[0])
}

export function number(value: number | null | undefined, digits = 0): string {
  if (value == null) return NOTHING
  const options = { maximumFractionDigits: digits }
  return cached(`n${digits}`, () => new Intl.NumberFormat(locale.value, options)).format(value)
}

/** Whole money without decimals: "KES 1,500"; never a sign that people here do not use. */
export function money(micro: number | null | undefined, currency = boot.currency): string {
  if (micro == null) return NOTHING
  const digits = micro % MICRO === 0 ? 0 : 2
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits }
  const amount = cached(`m${digits}`, () => new Intl.NumberFormat(locale.value, options))
  return `${currency}\u00a0${amount.format(micro / MICRO || 0)}`
}

const SIZES = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']

export function bytes(octets: number | null | undefined): string {
  if (octets == null) return NOTHING
  let value = octets
  let step = 0
  while (value >= 999.5 && step < SIZES.length - 1) {
    value /= 1000
    step += 1
  }
  return `${number(value, value < 10 && step > 0 ? 1 : 0)}\u00a0${SIZES[step]}`
}

/** Water as people carry it: "19.5 L", a glass "250 ml". */
export function litres(ml: number | null | undefined): string {
  if (ml == null) return NOTHING
  if (Math.abs(ml) < 1000 && ml !== 0) return `${number(ml)}\u00a0ml`
  return `${number(ml / 1000, Math.abs(ml) < 100_000 ? 2 : 0)}\u00a0L`
}

/** 5000 kbit/s is "5 Mbit/s". */
export function speed(kbps: number | null | undefined): string {
  if (!kbps) return NOTHING
  return kbps < 1000 ? `${number(kbps)}\u00a0kbit/s` : `${number(kbps / 1000, 1)}\u00a0Mbit/s`
}

/** "2 d 3 h", "45 min", "20 s". */
export function duration(seconds: number | null | undefined): string {
  if (seconds == null) return NOTHING
  if (seconds < 60) return `${Math.floor(seconds)}\u00a0s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes}\u00a0min`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return `${hours}\u00a0h ${minutes % 60}\u00a0min`
  return `${Math.floor(hours / 24)}\u00a0d ${hours % 24}\u00a0h`
}
