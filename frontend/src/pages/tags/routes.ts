import { Nfc } from '@lucide/vue'

import type { Area } from '@/app/area'

const area: Area = {
  host: 'tenant',
  // Tags have no page of their own: the list, with this one in it.
  found: { tag: { icon: Nfc, to: ({ title }) => ({ name: 'tags', query: { q: title } }) } },
  routes: [
    {
      path: '/tags',
      name: 'tags',
      component: () => import('./TagsPage.vue'),
      meta: {
        title: 'tags.title',
        code: 'water.tag.view',
        nav: { group: 'water', icon: Nfc, order: 30 },
      },
    },
  ],
}
export default area
