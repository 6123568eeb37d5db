// Money as people type it, and as the API counts it: whole micro-units.

import { boot } from './boot'

const MICRO = 1_000_000

export const currency = boot.currency

/** 50 -> 50,000,000; nothing typed is nothing. */
export function toMicro(units: number | null): number {
  return Math.round((units ?? 0) * MICRO)
}

export function toUnits(micro: number): number {
  return micro / MICRO
}
