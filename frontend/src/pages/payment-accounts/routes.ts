import { Smartphone } from '@lucide/vue'

import type { Area } from '@/app/area'

const area: Area = {
  host: 'tenant',
  routes: [
    {
      path: '/payment-accounts',
      name: 'payment-accounts',
      component: () => import('./PaymentAccountsPage.vue'),
      meta: {
        title: 'paymentAccounts.title',
        code: 'payments.account.view',
        nav: { group: 'system', icon: Smartphone, order: 25 },
      },
    },
  ],
}
export default area
