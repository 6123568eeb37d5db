import { ShoppingCart } from '@lucide/vue'

import type { Area } from '@/app/area'

const area: Area = {
  host: 'tenant',
  routes: [
    {
      path: '/sell',
      name: 'sell',
      component: () => import('./SellPage.vue'),
      meta: {
        title: 'sell.title',
        code: 'tills.sale.create',
        nav: { group: 'work', icon: ShoppingCart, order: 15, phone: true },
      },
    },
    {
      path: '/sales/:id',
      name: 'sale',
      component: () => import('./SalePage.vue'),
      meta: { title: 'sell.receipt.title', code: 'tills.sale.view' },
    },
  ],
}
export default area
