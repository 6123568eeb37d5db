/** Without the secrets that were left empty: those that are stored stay. */
export function given<T extends object>(values: T, secrets: readonly (keyof T)[]): Partial<T> {
  const entries = Object.entries(values) as [keyof T, unknown][]
  return Object.fromEntries(
    entries.filter(([name, value]) => value || !secrets.includes(name)),
  ) as Partial<T>
}
