import { Activity } from '@lucide/vue'

import type { Area } from '@/app/area'

const area: Area = {
  host: 'tenant',
  routes: [
    {
      path: '/sessions',
      name: 'sessions',
      component: () => import('./SessionsPage.vue'),
      meta: {
        title: 'sessions.title',
        code: 'radius.session.view',
        nav: { group: 'work', icon: Activity, order: 30, phone: true, short: 'sessions.short' },
      },
    },
  ],
}
export default area
