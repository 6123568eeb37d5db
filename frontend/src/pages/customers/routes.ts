import { Users } from '@lucide/vue'

import type { Area } from '@/app/area'

const code = 'radius.subscriber.view'
const area: Area = {
  host: 'tenant',
  found: { customer: { icon: Users, to: ({ id }) => ({ name: 'customer', params: { id } }) } },
  routes: [
    {
      path: '/customers',
      name: 'customers',
      component: () => import('./CustomersPage.vue'),
      meta: {
        title: 'customers.title',
        code,
        nav: { group: 'work', icon: Users, order: 20, phone: true },
      },
    },
    {
      path: '/customers/:id(\\d+)',
      name: 'customer',
      component: () => import('./CustomerPage.vue'),
      meta: { title: 'customers.one', code },
    },
  ],
}
export default area
