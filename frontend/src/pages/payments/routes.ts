import { HandCoins } from '@lucide/vue'

import type { Area } from '@/app/area'

const code = 'payments.payment.view'
const area: Area = {
  host: 'tenant',
  routes: [
    {
      path: '/payments',
      name: 'payments',
      component: () => import('./PaymentsPage.vue'),
      meta: {
        title: 'payments.title',
        code,
        nav: { group: 'money', icon: HandCoins, order: 10 },
      },
    },
    {
      path: '/payments/:id',
      name: 'payment',
      component: () => import('./PaymentPage.vue'),
      meta: { title: 'payments.one', code },
    },
  ],
}
export default area
