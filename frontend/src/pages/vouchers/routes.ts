import { Ticket } from '@lucide/vue'

import type { Area } from '@/app/area'

const code = 'radius.voucher.view'
const area: Area = {
  host: 'tenant',
  found: { voucher: { icon: Ticket, to: ({ id }) => ({ name: 'voucher', params: { id } }) } },
  routes: [
    {
      path: '/vouchers',
      name: 'vouchers',
      component: () => import('./VouchersPage.vue'),
      meta: { title: 'vouchers.title', code, nav: { group: 'money', icon: Ticket, order: 25 } },
    },
    {
      path: '/vouchers/batches/:id',
      name: 'voucher-batch',
      component: () => import('./BatchPage.vue'),
      meta: { title: 'vouchers.batch', code },
    },
    {
      path: '/vouchers/:id',
      name: 'voucher',
      component: () => import('./VoucherPage.vue'),
      meta: { title: 'vouchers.one', code },
    },
  ],
}
export default area
