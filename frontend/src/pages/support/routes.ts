import { LifeBuoy } from '@lucide/vue'

import type { Area } from '@/app/area'

const area: Area = {
  host: 'platform',
  routes: [
    {
      path: '/support',
      name: 'support',
      component: () => import('./SupportPage.vue'),
      meta: {
        title: 'support.title',
        code: 'tenants.support.view',
        nav: { group: 'work', icon: LifeBuoy, order: 30, phone: true, short: 'support.short' },
      },
    },
  ],
}
export default area
