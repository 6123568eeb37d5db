// Beginnings of the times that lists of the packets' history are asked for.

/** So many days before now, to the hour, as the API reads it. */
export function recent(days: number): string {
  const hour = 3_600_000
  return new Date(Math.floor(Date.now() / hour) * hour - days * 24 * hour).toISOString()
}
