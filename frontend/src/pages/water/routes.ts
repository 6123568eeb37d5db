import { Droplets } from '@lucide/vue'

import type { Area } from '@/app/area'

const code = 'water.transaction.view'
const area: Area = {
  host: 'tenant',
  routes: [
    {
      path: '/water',
      name: 'water',
      component: () => import('./WaterPage.vue'),
      meta: { title: 'water.title', code, nav: { group: 'water', icon: Droplets, order: 20 } },
    },
    {
      path: '/water/:id',
      name: 'dispense',
      component: () => import('./DispensePage.vue'),
      meta: { title: 'water.one', code },
    },
  ],
}
export default area
