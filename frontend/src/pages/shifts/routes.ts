import { Landmark } from '@lucide/vue'

import type { Area } from '@/app/area'

const area: Area = {
  host: 'tenant',
  routes: [
    {
      path: '/shifts',
      name: 'shifts',
      component: () => import('./ShiftsPage.vue'),
      meta: {
        title: 'shifts.title',
        code: 'tills.shift.view',
        nav: { group: 'money', icon: Landmark, order: 20 },
      },
    },
  ],
}
export default area
