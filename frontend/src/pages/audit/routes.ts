import { ScrollText } from '@lucide/vue'

import type { Area } from '@/app/area'

const area: Area = {
  host: 'tenant',
  routes: [
    {
      path: '/audit',
      name: 'audit',
      component: () => import('./AuditPage.vue'),
      meta: {
        title: 'audit.title',
        code: 'audit.entry.view',
        nav: { group: 'system', icon: ScrollText, order: 60 },
      },
    },
  ],
}
export default area
