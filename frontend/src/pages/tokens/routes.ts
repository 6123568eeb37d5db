import { Braces } from '@lucide/vue'

import type { Area } from '@/app/area'

const area: Area = {
  host: 'tenant',
  routes: [
    {
      path: '/tokens',
      name: 'tokens',
      component: () => import('./TokensPage.vue'),
      meta: {
        title: 'tokens.title',
        code: 'access.token.manage',
        nav: { group: 'system', icon: Braces, order: 40 },
      },
    },
  ],
}
export default area
