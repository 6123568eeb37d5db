import { LayoutDashboard } from '@lucide/vue'

import type { Area } from '@/app/area'

const area: Area = {
  host: 'tenant',
  routes: [
    {
      path: '/',
      name: 'dashboard',
      component: () => import('./DashboardPage.vue'),
      meta: {
        title: 'dashboard.title',
        nav: { group: 'work', icon: LayoutDashboard, order: 10, phone: true, short: 'dashboard.short' },
      },
    },
  ],
}
export default area
