// A list of the API and the address bar: search, filters, order and page are in the address, so
// Back works and a list can be sent to a colleague.
//
//   const list = useList((query, signal) =>
//     api.GET('/api/v1/radius/subscribers/', { params: { query }, signal }), { filters: ['status'] })

import { computed, onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'

import { send } from '@/api/client'
import { asApiError, type ApiError } from '@/api/errors'

export interface Page<Row> {
  next: string | null
  previous: string | null
  results: Row[]
}

// What openapi-fetch wants differs per path; the API refuses what it does not know.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type ListQuery = any
type Fetch<Row> = (
  query: ListQuery,
  signal: AbortSignal,
) => Promise<{ data?: Page<Row>; response: Response }>

export interface ListOptions {
  /** Names in the address that the API filters by. */
  filters?: string[]
  /** Sent always. */
  fixed?: Record<string, string | number | boolean>
  /** `name`, or `-created_at` for falling; what the API does without being asked. */
  order?: string
  pageSize?: number
}

export interface List<Row> {
  rows: ShallowRef<Row[]>
  error: ShallowRef<ApiError | null>
  /** Nothing was loaded yet. */
  first: Ref<boolean>
  busy: Ref<boolean>
  hasNext: Ref<boolean>
  hasPrevious: Ref<boolean>
  search: Ref<string>
  filters: Ref<Record<string, string>>
  order: Ref<string>
  /** Something is searched for or filtered by. */
  filtered: Ref<boolean>
  setFilter: (name: string, value: string) => void
  clear: () => void
  turn: (to: 'next' | 'previous') => void
  reload: () => Promise<void>
  exportUrl: (path: string) => string
}

const TYPING_MS = 250
// Less than the API's own 50: a cheap phone draws it at once.
const PAGE_SIZE = 25

function cursorOf(link: string | null | undefined): string | null {
  return link ? new URL(link, location.origin).searchParams.get('cursor') : null
}

function set(query: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''))
}

export function useList<Row>(fetch: Fetch<Row>, options: ListOptions = {}): List<Row> {
  const route = useRoute()
  const router = useRouter()
  const names = options.filters ?? []
  const page = shallowRef<Page<Row> | null>(null)
  const rows = shallowRef<Row[]>([])
  const error = shallowRef<ApiError | null>(null)
  const busy = ref(false)

  function text(name: string): string {
    const value = route.query[name]
    return typeof value === 'string' ? value : ''
  }

  function go(changes: Record<string, string>): void {
    const query = { ...(route.query as Record<string, string>), ...changes }
    void router.replace({ query: set(query) })
  }

  const filters = computed(() => Object.fromEntries(names.map((name) => [name, text(name)])))
  const order = computed({
    get: () => text('order') || (options.order ?? ''),
    set: (value) => go({ order: value === options.order ? '' : value, cursor: '' }),
  })

  function query(): Record<string, string | number | boolean> {
    const asked = { q: text('q'), order: text('order'), cursor: text('cursor'), ...filters.value }
    return { page_size: options.pageSize ?? PAGE_SIZE, ...options.fixed, ...set(asked) }
  }

  let running: AbortController | undefined
  async function reload(): Promise<void> {
    running?.abort()
    const mine = (running = new AbortController())
    busy.value = true
    try {
      const found = await send(fetch(query(), mine.signal))
      if (mine.signal.aborted) return
      page.value = found
      rows.value = found.results
      error.value = null
    } catch (problem) {
      if (!mine.signal.aborted) error.value = asApiError(problem)
    } finally {
      if (running === mine) busy.value = false
    }
  }

  const typed = ref(text('q'))
  let timer: ReturnType<typeof setTimeout> | undefined
  const search = computed({
    get: () => typed.value,
    set: (value) => {
      typed.value = value
      clearTimeout(timer)
      timer = setTimeout(() => go({ q: value.trim(), cursor: '' }), TYPING_MS)
    },
  })

  const { path } = route
  // The component lives a moment longer than its address.
  const here = (): string | null => (route.path === path ? JSON.stringify(query()) : null)
  watch(here, (now) => {
    if (now === null) return
    if (text('q') !== typed.value.trim()) typed.value = text('q')
    void reload()
  })
  void reload()
  onScopeDispose(() => {
    clearTimeout(timer)
    running?.abort()
  })

  return {
    rows,
    error,
    busy,
    search,
    filters,
    order,
    reload,
    first: computed(() => page.value === null && !error.value),
    hasNext: computed(() => Boolean(page.value?.next)),
    hasPrevious: computed(() => Boolean(page.value?.previous)),
    filtered: computed(() => Boolean(text('q')) || names.some((name) => text(name))),
    setFilter: (name, value) => go({ [name]: value, cursor: '' }),
    clear: () => {
      typed.value = ''
      go({ q: '', cursor: '', ...Object.fromEntries(names.map((name) => [name, ''])) })
    },
    turn: (to) => {
      const cursor = cursorOf(page.value?.[to])
      if (cursor) go({ cursor })
    },
    exportUrl: (listPath) => {
      const words = new URLSearchParams({ export: 'csv' })
      for (const [name, value] of Object.entries(query())) words.set(name, String(value))
      words.delete('cursor')
      words.delete('page_size')
      return `${listPath}?${words.toString()}`
    },
  }
}
