// A position's limits: the API has micro-units by the limit's name, people type money. Their fields
// are named `limit_<name>`.

const MICRO = 1_000_000
const PREFIX = 'limit_'

export type LimitValues = Record<`limit_${string}`, number | null>

/** The limits that there are, by the permissions that they bound. */
export function limitNames(permissions: readonly { limit: string }[]): string[] {
  return [...new Set(permissions.map(({ limit }) => limit).filter(Boolean))].sort()
}

export function fromLimits(limits: Record<string, number> = {}): LimitValues {
  return Object.fromEntries(
    Object.entries(limits).map(([name, micro]) => [PREFIX + name, micro / MICRO]),
  )
}

/** Nothing typed is no limit; 0 is one. */
export function toLimits(values: Record<string, unknown>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([name, amount]) => name.startsWith(PREFIX) && typeof amount === 'number')
      .map(([name, amount]) => [name.slice(PREFIX.length), Math.round((amount as number) * MICRO)]),
  )
}
