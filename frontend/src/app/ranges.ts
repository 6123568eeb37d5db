// Beginnings of the times that lists of the packets' history are asked for.

import { boot } from './boot'

/** So many days before now, to the hour, as the API reads it. */
export function recent(days: number): string {
  const hour = 3_600_000
  return new Date(Math.floor(Date.now() / hour) * hour - days * 24 * hour).toISOString()
}

const DAY_MS = 86_400_000

/** How far a zone's clocks are ahead of UTC at a moment. */
function aheadMs(at: number, zone: string): number {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  const parts = Object.fromEntries(
    format.formatToParts(at).map(({ type, value }) => [type, Number(value)]),
  ) as Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', number>
  const { year, month, day, hour, minute, second } = parts
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000
}

/** "2026-11-21" -> when that day begins where the tenant is. */
export function dayStart(day: string, zone = boot.zone): string {
  const utc = Date.parse(`${day}T00:00:00Z`)
  // The second look is for days on which clocks are changed.
  const guess = utc - aheadMs(utc, zone)
  return new Date(utc - aheadMs(guess, zone)).toISOString()
}

/** The day that it is there. */
export function today(zone = boot.zone, now = Date.now()): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(now)
}

/** So many days after a day; before it, below 0. */
export function dayAfter(day: string, days = 1): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)
}

/** Both days included, as the API asks for times. */
export function between(first: string, last: string): { since: string; until: string } {
  return { since: dayStart(first), until: dayStart(dayAfter(last)) }
}
