// Old and new values of an audit entry, side by side.

export interface Change {
  name: string
  old: string
  new: string
}

export type Values = Record<string, unknown> | null

function shown(value: unknown): string {
  if (value === undefined || value === null || value === '') return '–'
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** One line a field that differs, in the order in which they were written. */
export function changes(before: Values, after: Values): Change[] {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])
  return [...names]
    .map((name) => ({ name, old: shown(before?.[name]), new: shown(after?.[name]) }))
    .filter((change) => change.old !== change.new)
}

/** What people know an object by, where the entry has it. */
export function objectName(entry: { object_id: string; old: Values; new: Values }): string {
  for (const values of [entry.new, entry.old])
    for (const key of ['name', 'title', 'email', 'username'])
      if (typeof values?.[key] === 'string' && values[key]) return String(values[key])
  return entry.object_id
}

const FILTERS = ['actor', 'action', 'object_type', 'object_id', 'q', 'request_id'] as const

/** The list's query without what an export has not: order, page, cursor. */
export function filtersOf(query: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    FILTERS.filter((name) => query[name]).map((name) => [name, String(query[name])]),
  )
}
