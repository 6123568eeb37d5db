import { HeartPulse } from '@lucide/vue'

import type { Area } from '@/app/area'

const area: Area = {
  host: 'platform',
  routes: [
    {
      path: '/health',
      name: 'health',
      component: () => import('./HealthPage.vue'),
      meta: {
        title: 'health.title',
        code: 'ops.health.view',
        nav: { group: 'work', icon: HeartPulse, order: 40, phone: true },
      },
    },
  ],
}
export default area
