import { expect, test } from 'vitest'

import type { Tenant } from '@/api/client'

import { fromProvider, toProvider } from './provider'

test('a provider has the fields of its kind only, and what is empty is left to the API', () => {
  const values = { ...fromProvider(null), name: 'Google', slug: 'google', server: 'ldaps://x' }
  const made = toProvider({ ...values, issuer: 'https://accounts.example', client_id: 'abc' })
  expect(made.config).toEqual({
    issuer: 'https://accounts.example',
    client_id: 'abc',
    trust_addresses: false,
  })
})

test('a secret that is not typed is not sent', () => {
  expect(toProvider(fromProvider(null))).not.toHaveProperty('secret')
  expect(toProvider({ ...fromProvider(null), secret: ' s ' })).toMatchObject({ secret: ' s ' })
})

test('a provider comes back as it was', () => {
  const provider = {
    kind: 'ldap',
    slug: 'office',
    name: 'Office',
    config: { server: 'ldaps://ldap.example', user_base: 'ou=people', start_tls: false },
    active: true,
    role_map: [{ group: 'till', role: 'cashier' }],
    create_users: true,
    default_role: 'viewer',
  } as Partial<Tenant['Provider']> as Tenant['Provider']
  const values = fromProvider(provider)
  values.role_map.push({ group: '', role: '' })
  expect(toProvider(values)).toEqual(provider)
})
