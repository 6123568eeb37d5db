import { LogIn } from '@lucide/vue'

import type { Area } from '@/app/area'

const area: Area = {
  host: 'tenant',
  routes: [
    {
      path: '/logins',
      name: 'logins',
      component: () => import('./LoginsPage.vue'),
      meta: {
        title: 'logins.title',
        code: 'radius.login.view',
        nav: { group: 'network', icon: LogIn, order: 30 },
      },
    },
  ],
}
export default area
