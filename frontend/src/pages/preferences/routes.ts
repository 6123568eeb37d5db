import { BellRing } from '@lucide/vue'

import type { Area } from '@/app/area'

const area: Area = {
  host: 'tenant',
  routes: [
    {
      path: '/preferences',
      name: 'preferences',
      component: () => import('./PreferencesPage.vue'),
      meta: {
        title: 'preferences.title',
        code: 'notifications.inbox.view',
        nav: { group: 'system', icon: BellRing, order: 10 },
      },
    },
  ],
}
export default area
