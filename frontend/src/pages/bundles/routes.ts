import { Gift } from '@lucide/vue'

import type { Area } from '@/app/area'

const area: Area = {
  host: 'tenant',
  routes: [
    {
      path: '/bundles',
      name: 'bundles',
      component: () => import('./BundlesPage.vue'),
      meta: {
        title: 'bundles.title',
        code: 'water.bundle.view',
        nav: { group: 'water', icon: Gift, order: 50 },
      },
    },
  ],
}
export default area
