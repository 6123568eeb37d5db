// Which price of a tariff holds when. The last that has begun is in force; of two that begin at the
// same time the later one made.

interface Version {
  v: number
  valid_from: string
}

/** Newest beginning first. */
export function byBeginning<V extends Version>(versions: readonly V[]): V[] {
  return [...versions].sort(
    (a, b) => Date.parse(b.valid_from) - Date.parse(a.valid_from) || b.v - a.v,
  )
}

export function inForce<V extends Version>(versions: readonly V[], now = Date.now()): V | undefined {
  return byBeginning(versions).find((one) => Date.parse(one.valid_from) <= now)
}

export type Turn = 'now' | 'future' | 'past'

export function turnOf<V extends Version>(one: V, versions: readonly V[], now = Date.now()): Turn {
  if (Date.parse(one.valid_from) > now) return 'future'
  return inForce(versions, now)?.v === one.v ? 'now' : 'past'
}
