// What an endpoint can ask for, by area; single types and other patterns are typed below.

export const AREAS = [
  'subscriber.*', 'session.*', 'login.*', 'plan.*', 'nas.*', 'task.*', 'job.*', 'site.*', 'user.*',
  'role.*', 'department.*', 'position.*', 'assignment.*', 'invitation.*', 'signin.*', 'token.*',
  'support.*', 'settings.*', 'webhook.*', 'realtime_app.*',
] as const

/** Endpoint's types -> the areas ticked, and the rest as lines. */
export function split(types: string[]): { areas: string[]; others: string } {
  const known = new Set<string>(AREAS)
  return {
    areas: types.filter((type) => known.has(type)),
    others: types.filter((type) => !known.has(type)).join('\n'),
  }
}

export function joined(areas: string[], others: string): string[] {
  return [...new Set([...areas, ...others.split(/[\s,]+/).filter(Boolean)])]
}
