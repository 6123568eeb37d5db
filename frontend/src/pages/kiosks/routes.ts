import { GlassWater } from '@lucide/vue'

import type { Area } from '@/app/area'

const code = 'water.kiosk.view'
const area: Area = {
  host: 'tenant',
  found: { kiosk: { icon: GlassWater, to: ({ id }) => ({ name: 'kiosk', params: { id } }) } },
  routes: [
    {
      path: '/kiosks',
      name: 'kiosks',
      component: () => import('./KiosksPage.vue'),
      meta: { title: 'kiosks.title', code, nav: { group: 'water', icon: GlassWater, order: 10 } },
    },
    {
      path: '/kiosks/:id',
      name: 'kiosk',
      component: () => import('./KioskPage.vue'),
      meta: { title: 'kiosks.one', code },
    },
  ],
}
export default area
