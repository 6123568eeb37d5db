// Kiosks by name, for filters and choices.

import { computed } from 'vue'

import { api, send } from '@/api/client'
import { useLoad } from '@/ui/load'

const query = { page_size: 500 }

export function useKiosks() {
  // A list that one may not see names nothing, and is no fault of the page.
  const all = useLoad(() =>
    send(api.GET('/api/v1/kiosks/', { params: { query } })).catch(() => ({ results: [] })),
  )
  return {
    choices: computed(() =>
      (all.data.value?.results ?? []).map(({ id, name }) => ({ value: id, label: name })),
    ),
  }
}
