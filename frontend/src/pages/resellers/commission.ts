// The API counts commission in hundredths of a percent; people type percent.

import { number, NOTHING } from '@/app/format'

export function toBp(percent: number | null): number {
  return Math.round((percent ?? 0) * 100)
}

export function percent(bp: number | null | undefined): string {
  return bp == null ? NOTHING : `${number(bp / 100, 2)} %`
}
