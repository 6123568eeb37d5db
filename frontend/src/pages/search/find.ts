// What is typed, asked of the API a moment later; an answer that comes too late is dropped.

import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'

import { api, send, type Tenant } from '@/api/client'
import { asApiError, type ApiError } from '@/api/errors'

export type Group = Tenant['Group']
export type Hit = Tenant['Hit'] & { kind: string }
type Ask = (q: string, signal: AbortSignal) => Promise<Group[]>

export const LEAST = 2
const MOST = 100
const TYPING_MS = 180

/** So many of each kind. */
export function asking(limit: number): Ask {
  return async (q, signal) => {
    const query = { q, limit }
    return (await send(api.GET('/api/v1/search/', { params: { query }, signal }))).results
  }
}

export function useFind(ask: Ask) {
  const text = ref('')
  const groups = shallowRef<Group[]>([])
  const error = shallowRef<ApiError | null>(null)
  const busy = ref(false)
  /** What `groups` are the answer to. */
  const answered = ref('')
  const wanted = computed(() => text.value.trim().slice(0, MOST))
  let timer: ReturnType<typeof setTimeout> | undefined
  let running: AbortController | undefined

  function stop(): void {
    clearTimeout(timer)
    running?.abort()
    running = undefined
    busy.value = false
  }

  async function look(q: string): Promise<void> {
    const mine = (running = new AbortController())
    try {
      const found = await ask(q, mine.signal)
      if (mine.signal.aborted) return
      groups.value = found
      answered.value = q
      error.value = null
    } catch (problem) {
      if (!mine.signal.aborted) error.value = asApiError(problem)
    } finally {
      if (running === mine) busy.value = false
    }
  }

  watch(wanted, (q) => {
    stop()
    if (q.length < LEAST) {
      groups.value = []
      answered.value = ''
      error.value = null
      return
    }
    busy.value = true
    timer = setTimeout(() => void look(q), TYPING_MS)
  })
  onScopeDispose(stop)

  return {
    text,
    groups,
    error,
    busy,
    answered,
    hits: computed<Hit[]>(() =>
      groups.value.flatMap(({ kind, results }) => results.map((hit) => ({ ...hit, kind }))),
    ),
  }
}

/** The next place in a list of so many, round and round; -1 is the field itself. */
export function moved(at: number, step: 1 | -1, count: number): number {
  const places = count + 1
  return ((at + 1 + step + places) % places) - 1
}
