import { CircleHelp } from '@lucide/vue'

import type { Area } from '@/app/area'

const area: Area = {
  host: 'tenant',
  routes: [
    {
      path: '/rights',
      name: 'rights',
      component: () => import('./WhyPage.vue'),
      meta: {
        title: 'rights.title',
        code: 'access.role.view',
        nav: { group: 'people', icon: CircleHelp, order: 50 },
      },
    },
  ],
}
export default area
