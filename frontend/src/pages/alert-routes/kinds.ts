// What an alert route can be about: everything, all that begin so, or one kind.

export const SEVERITIES = ['info', 'warning', 'critical'] as const

/** With the route's own, which an older release may have known. */
export function patterns(kinds: readonly string[], own?: string): string[] {
  const found = new Set(['*'])
  for (const kind of [...kinds].sort()) {
    const [subject = ''] = kind.split('.')
    if (kinds.filter((other) => other.startsWith(`${subject}.`)).length > 1)
      found.add(`${subject}.*`)
    found.add(kind)
  }
  if (own) found.add(own)
  return [...found]
}
