// A preference's exceptions as rows of a form: kind by kind, "as urgent as it is" or named ways.

export type Ways = Record<string, ('email' | 'sms')[]>
export type Way = 'default' | 'none' | 'email' | 'sms' | 'both'

const MEANS: Record<Exclude<Way, 'default'>, ('email' | 'sms')[]> = {
  none: [],
  email: ['email'],
  sms: ['sms'],
  both: ['email', 'sms'],
}

export function wayOf(kinds: Ways, kind: string): Way {
  const named = kinds[kind]
  if (!named) return 'default'
  if (named.length === 2) return 'both'
  return named[0] ?? 'none'
}

/** The exceptions with one kind changed; patterns like `job.*`, which the page has not, stay. */
export function withWay(kinds: Ways, kind: string, way: Way): Ways {
  const rest = Object.fromEntries(Object.entries(kinds).filter(([name]) => name !== kind))
  return way === 'default' ? rest : { ...rest, [kind]: MEANS[way] }
}
