import { Router } from '@lucide/vue'

import type { Area } from '@/app/area'

const area: Area = {
  host: 'tenant',
  // Routers have no page of their own: the list, with this one in it.
  found: { router: { icon: Router, to: ({ title }) => ({ name: 'routers', query: { q: title } }) } },
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
