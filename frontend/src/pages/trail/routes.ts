import { ScrollText } from '@lucide/vue'

import type { Area } from '@/app/area'

const area: Area = {
  host: 'platform',
  routes: [
    {
      path: '/trail',
      name: 'trail',
      component: () => import('./TrailPage.vue'),
      meta: {
        title: 'trail.title',
        code: 'audit.entry.view',
        nav: { group: 'system', icon: ScrollText, order: 50, phone: true },
      },
    },
  ],
}
export default area
