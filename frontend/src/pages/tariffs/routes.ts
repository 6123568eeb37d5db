import { Tag } from '@lucide/vue'

import type { Area } from '@/app/area'

const code = 'water.tariff.view'
const area: Area = {
  host: 'tenant',
  routes: [
    {
      path: '/tariffs',
      name: 'tariffs',
      component: () => import('./TariffsPage.vue'),
      meta: { title: 'tariffs.title', code, nav: { group: 'water', icon: Tag, order: 40 } },
    },
    {
      path: '/tariffs/:id',
      name: 'tariff',
      component: () => import('./TariffPage.vue'),
      meta: { title: 'tariffs.one', code },
    },
  ],
}
export default area
