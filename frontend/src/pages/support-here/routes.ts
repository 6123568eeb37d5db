import { LifeBuoy } from '@lucide/vue'

import type { Area } from '@/app/area'

const area: Area = {
  host: 'tenant',
  routes: [
    {
      path: '/support-sessions',
      name: 'support-sessions-here',
      component: () => import('./SupportPage.vue'),
      meta: {
        title: 'supportHere.title',
        code: 'access.role.view',
        nav: { group: 'system', icon: LifeBuoy, order: 70 },
      },
    },
  ],
}
export default area
