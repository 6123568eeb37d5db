import { Router } from '@lucide/vue'

import type { Area } from '@/app/area'

const area: Area = {
  host: 'tenant',
  routes: [
    {
      path: '/routers',
      name: 'routers',
      component: () => import('./RoutersPage.vue'),
      meta: {
        title: 'routers.title',
        code: 'radius.nas.view',
        nav: { group: 'network', icon: Router, order: 20 },
      },
    },
  ],
}
export default area
