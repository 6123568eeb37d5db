// A provider's settings as a form has them: one level, empty ones left out, so that the API's own
// defaults hold.

import type { Tenant } from '@/api/client'

type Provider = Tenant['Provider']
export type Kind = 'oidc' | 'ldap'
export type Config = Record<string, string | boolean>

export const FIELDS: Record<Kind, Config> = {
  oidc: { issuer: '', client_id: '', scope: '', groups_claim: '', trust_addresses: false },
  ldap: {
    server: '',
    start_tls: false,
    bind_dn: '',
    user_base: '',
    user_filter: '',
    email_attribute: '',
    name_attribute: '',
    subject_attribute: '',
    group_base: '',
    group_filter: '',
    group_type: '',
    ca_certificates: '',
  },
}

/** Both kinds' fields at once, so that a new provider's kind can be changed while typing. */
export function fromConfig(config: Record<string, unknown> = {}): Config {
  return { ...FIELDS.oidc, ...FIELDS.ldap, ...(config as Config) }
}

export function toConfig(kind: Kind, values: Record<string, unknown>): Config {
  const names = Object.keys(FIELDS[kind])
  return Object.fromEntries(
    names.map((name) => [name, values[name] as string | boolean]).filter(([, value]) => value !== ''),
  )
}

export interface Values {
  kind: Kind
  name: string
  slug: string
  secret: string
  active: boolean
  create_users: boolean
  default_role: string | null
  role_map: Tenant['RoleMap'][]
}

export function fromProvider(provider: Provider | null): Values & Record<string, unknown> {
  return {
    ...fromConfig(provider?.config),
    kind: provider?.kind ?? 'oidc',
    name: provider?.name ?? '',
    slug: provider?.slug ?? '',
    secret: '',
    active: provider?.active ?? true,
    create_users: provider?.create_users ?? false,
    default_role: provider?.default_role || null,
    role_map: (provider?.role_map ?? []).map((line) => ({ ...line })),
  }
}

/** A secret that was not typed stays as it is. */
export function toProvider(values: Values & Record<string, unknown>) {
  const { kind, name, slug, secret, active, create_users, default_role, role_map } = values
  return {
    kind,
    name,
    slug,
    active,
    create_users,
    default_role: default_role ?? '',
    role_map: role_map.filter(({ group, role }) => group || role),
    config: toConfig(kind, values),
    ...(secret ? { secret } : {}),
  }
}
