// One thing of the API on a page: loading, there, or why not. `const plan = useLoad(() => send(..))`.

import { onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef, type WatchSource } from 'vue'

import { asApiError, type ApiError } from '@/api/errors'

export interface Loaded<T> {
  data: ShallowRef<T | null>
  error: ShallowRef<ApiError | null>
  busy: Ref<boolean>
  reload: () => Promise<void>
}

/** Loads now, and again whenever `when` changes. */
export function useLoad<T>(load: () => Promise<T>, when?: WatchSource): Loaded<T> {
  const data = shallowRef<T | null>(null)
  const error = shallowRef<ApiError | null>(null)
  const busy = ref(false)
  let turn = 0

  async function reload(): Promise<void> {
    const mine = ++turn
    busy.value = true
    try {
      const found = await load()
      if (mine !== turn) return
      data.value = found
      error.value = null
    } catch (problem) {
      if (mine === turn) error.value = asApiError(problem)
    } finally {
      if (mine === turn) busy.value = false
    }
  }

  if (when) watch(when, () => void reload())
  onScopeDispose(() => (turn = -1))
  void reload()
  return { data, error, busy, reload }
}
