// Who is signed in, and what they may: a hint for screens, the API decides (ACCESS).

import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'

import { api, onRefused, send, type Tenant } from '@/api/client'
import { asApiError, type ApiError } from '@/api/errors'

import { ask } from './allauth'

export type State = 'unknown' | 'out' | 'enrol' | 'in'

export const useSession = defineStore('session', () => {
  /** `enrol`: signed in, but a second factor must be set up first. */
  const state = ref<State>('unknown')
  const me = ref<Tenant['Me'] | null>(null)
  /** Why nobody knows who is there: no network, or no API. */
  const fault = shallowRef<ApiError | null>(null)
  const codes = ref<ReadonlySet<string>>(new Set())
  const sites = ref<'all' | number[]>([])
  const limits = ref<Record<string, number>>({})
  const name = computed(() => me.value?.name || me.value?.email || '')

  function can(code: string | undefined): boolean {
    return !code || codes.value.has(code)
  }

  function forget(): void {
    state.value = 'out'
    me.value = null
    codes.value = new Set()
  }

  async function load(): Promise<void> {
    fault.value = null
    try {
      me.value = await send(api.GET('/api/v1/me/'))
      const mine = await send(api.GET('/api/v1/me/permissions/'))
      codes.value = new Set(mine.codes)
      sites.value = mine.sites as 'all' | number[]
      limits.value = mine.limits
      state.value = 'in'
    } catch (error) {
      const known = asApiError(error)
      if (known.code === 'mfa_required') state.value = 'enrol'
      else if (known.status === 401) forget()
      else fault.value = known
    }
  }

  async function signOut(): Promise<void> {
    await ask('auth/session', 'DELETE')
    // A clean page: nothing of this user's data stays in memory.
    location.assign('/sign-in')
  }

  onRefused((status, code) => {
    if (code === 'mfa_required') state.value = 'enrol'
    else if (status === 401 && state.value !== 'unknown') forget()
  })

  return { state, fault, me, codes, sites, limits, name, can, load, forget, signOut }
})
