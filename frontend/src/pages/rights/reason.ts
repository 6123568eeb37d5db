// What `decide` answered, taken apart, so that it can be said in the reader's language.

import type { Tenant } from '@/api/client'

type Explanation = Pick<Tenant['Explanation'], 'allowed' | 'reason' | 'rule'>

export interface Said {
  /** Key below `rights.rule`. */
  key: string
  /** The role, the position or the limit that decided; empty where the rule names none. */
  name: string
  micro: number | null
}

const NAMED = /^the (?:role|position) (.+) (?:allows|grants|denies) it$/
const LIMIT = /^(\S+) is (\d+) micro-units$/
const KNOWN = new Set([
  'inactive',
  'unknown',
  'token',
  'default',
  'scope',
  'limit',
  'self',
  'role',
  'position',
])

/** A rule that is newer than this page is shown as the API words it. */
export function said({ allowed, reason, rule }: Explanation): Said {
  if (!KNOWN.has(reason)) return { key: 'other', name: rule, micro: null }
  const [, limit, amount] = LIMIT.exec(rule) ?? []
  if (limit) return { key: 'limit', name: limit, micro: Number(amount) }
  const name = NAMED.exec(rule)?.[1] ?? ''
  if (reason === 'position') return { key: allowed ? 'grants' : 'denies', name, micro: null }
  return { key: reason, name, micro: null }
}
