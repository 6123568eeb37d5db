// Departments as a tree, flat: each with how deep it stands.

export interface Node {
  id: number
  name: string
  parent?: number | null
}

export interface Placed<Row> {
  row: Row
  depth: number
}

/** By name below their parents. Whose parent is not among them stands at the top. */
export function tree<Row extends Node>(rows: readonly Row[]): Placed<Row>[] {
  const known = new Set(rows.map(({ id }) => id))
  const below = new Map<number | null, Row[]>()
  for (const row of [...rows].sort((a, b) => a.name.localeCompare(b.name))) {
    const parent = row.parent != null && known.has(row.parent) ? row.parent : null
    below.set(parent, [...(below.get(parent) ?? []), row])
  }
  const placed: Placed<Row>[] = []
  const walk = (parent: number | null, depth: number): void => {
    for (const row of below.get(parent) ?? []) {
      placed.push({ row, depth })
      walk(row.id, depth + 1)
    }
  }
  walk(null, 0)
  return placed
}

/** The department itself and all below it: none of them can be its parent. */
export function within(rows: readonly Node[], top: number): Set<number> {
  const found = new Set([top])
  for (let grown = true; grown; ) {
    const more = rows.filter(
      ({ id, parent }) => parent != null && found.has(parent) && !found.has(id),
    )
    for (const { id } of more) found.add(id)
    grown = more.length > 0
  }
  return found
}
