import { BellRing } from '@lucide/vue'

import type { Area } from '@/app/area'

const area: Area = {
  host: 'tenant',
  routes: [
    {
      path: '/alert-routes',
      name: 'alert-routes',
      component: () => import('./AlertRoutesPage.vue'),
      meta: {
        title: 'alertRoutes.title',
        code: 'access.alert.view',
        nav: { group: 'people', icon: BellRing, order: 60 },
      },
    },
  ],
}
export default area
