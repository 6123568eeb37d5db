// What a form of a token means for the API.

export interface TokenValues {
  name: string
  /** Everything that its owner may. */
  all: boolean
  abilities: string[]
  /** Days from now; null: for ever. */
  expires_at: number | null
  allowed_ips: string
}

const DAY = 86_400_000

export function toToken(values: TokenValues, now = Date.now()) {
  const { all, abilities, expires_at: days } = values
  return {
    name: values.name,
    abilities: all ? null : abilities,
    expires_at: days ? new Date(now + days * DAY).toISOString() : null,
    allowed_ips: values.allowed_ips.split(/[\s,]+/).filter(Boolean),
  }
}

export type TokenState = 'good' | 'soon' | 'over'
const SOON = 14 * DAY

export function stateOf(expires: string | null, now = Date.now()): TokenState {
  if (!expires) return 'good'
  const left = Date.parse(expires) - now
  return left <= 0 ? 'over' : left < SOON ? 'soon' : 'good'
}
