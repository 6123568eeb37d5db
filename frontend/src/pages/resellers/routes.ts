import { Store } from '@lucide/vue'

import type { Area } from '@/app/area'

const code = 'resellers.reseller.view'
const area: Area = {
  host: 'tenant',
  found: { reseller: { icon: Store, to: ({ id }) => ({ name: 'reseller', params: { id } }) } },
  routes: [
    {
      path: '/resellers',
      name: 'resellers',
      component: () => import('./ResellersPage.vue'),
      meta: { title: 'resellers.title', code, nav: { group: 'money', icon: Store, order: 30 } },
    },
    {
      path: '/resellers/:id',
      name: 'reseller',
      component: () => import('./ResellerPage.vue'),
      meta: { title: 'resellers.one', code },
    },
  ],
}
export default area
