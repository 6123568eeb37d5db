import { RadioTower } from '@lucide/vue'

import type { Area } from '@/app/area'

const area: Area = {
  host: 'tenant',
  routes: [
    {
      path: '/realtime-app',
      name: 'realtime-app',
      component: () => import('./RealtimePage.vue'),
      meta: {
        title: 'realtime.title',
        code: 'realtime.app.view',
        nav: { group: 'system', icon: RadioTower, order: 40 },
      },
    },
  ],
}
export default area
