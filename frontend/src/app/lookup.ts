// Short lists that many pages name things by (plans, sites, departments): loaded once a visit.

import { computed, shallowRef, type ComputedRef } from 'vue'

import { api, send, type Tenant } from '@/api/client'

export interface Lookup<Row> {
  rows: ComputedRef<Row[]>
  name: (id: number | null | undefined) => string
  choices: ComputedRef<{ value: number; label: string }[]>
  /** After something in it was changed. */
  renew: () => Promise<void>
}

const MOST = 500

function lookup<Row extends { id: number }>(
  load: () => Promise<{ results: Row[] }>,
  label: (row: Row) => string,
): () => Lookup<Row> {
  const found = shallowRef<Row[]>([])
  let asked: Promise<void> | undefined

  async function renew(): Promise<void> {
    found.value = (await load()).results
  }

  const made: Lookup<Row> = {
    rows: computed(() => found.value),
    name: (id) => {
      const row = found.value.find((one) => one.id === id)
      return row ? label(row) : id == null ? '' : `#${id}`
    },
    choices: computed(() => found.value.map((row) => ({ value: row.id, label: label(row) }))),
    renew,
  }
  return () => {
    // A list that one may not see names nothing, and is no fault of the page.
    asked ??= renew().catch(() => (asked = undefined))
    return made
  }
}

const query = { params: { query: { page_size: MOST } } }
export const usePlans = lookup<Tenant['Plan']>(
  () => send(api.GET('/api/v1/radius/plans/', query)),
  (plan) => plan.name,
)
export const useSites = lookup<Tenant['Site']>(
  () => send(api.GET('/api/v1/sites/', query)),
  (site) => site.name,
)
export const useDepartments = lookup<Tenant['Department']>(
  () => send(api.GET('/api/v1/access/departments/', query)),
  (department) => department.name,
)
export const useRoles = lookup<Tenant['Role']>(
  () => send(api.GET('/api/v1/access/roles/', query)),
  (role) => role.title || role.name,
)
export const usePeople = lookup<Tenant['User']>(
  () => send(api.GET('/api/v1/access/users/', { params: { query: { page_size: MOST, order: 'email' } } })),
  (user) => user.name || user.email,
)
export const usePositions = lookup<Tenant['Position']>(
  () => send(api.GET('/api/v1/access/positions/', query)),
  (position) => position.title,
)
