// What a kiosk said of itself (`health` of its records), in words. Everything in it may be absent.

import { ago, NOTHING, number } from '@/app/format'

type Health = Record<string, unknown>

function figure(health: Health, name: string): number | null {
  const value = health[name]
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

function shown(value: number | null, unit: string, digits = 0): string {
  return value === null ? NOTHING : `${number(value, digits)}\u00a0${unit}`
}

export function healthOf(health: Health) {
  const battery = figure(health, 'bat_mv')
  const { door } = health
  return {
    battery: shown(battery === null ? null : battery / 1000, 'V', 2),
    tank: shown(figure(health, 'tank_pct'), '%'),
    rssi: shown(figure(health, 'rssi'), 'dBm'),
    queue: number(figure(health, 'queue')),
    /** Devices say it in words, as a number, or as it is; null: it said nothing. */
    open: door == null ? null : door === true || door === 1 || door === 'open',
    at: (when: string | null | undefined) => (when ? ago(when) : ''),
  }
}
