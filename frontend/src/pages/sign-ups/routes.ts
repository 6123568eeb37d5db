import { UserPlus } from '@lucide/vue'

import type { Area } from '@/app/area'

const area: Area = {
  host: 'platform',
  routes: [
    {
      path: '/sign-ups',
      name: 'signUps',
      component: () => import('./SignUpsPage.vue'),
      meta: {
        title: 'signUps.title',
        code: 'tenants.tenant.view',
        nav: { group: 'work', icon: UserPlus, order: 20, phone: true, short: 'signUps.short' },
      },
    },
  ],
}
export default area
