/** "2026-11-21T15:30" of this device's clock, as `datetime-local` has it, for the API. */
export function toMoment(local: string): string {
  return new Date(local).toISOString()
}

export function toLocal(moment: Date): string {
  const shifted = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000)
  return shifted.toISOString().slice(0, 16)
}
