import { ChartColumn } from '@lucide/vue'

import type { Area } from '@/app/area'

const area: Area = {
  host: 'tenant',
  routes: [
    {
      path: '/reports',
      name: 'reports',
      component: () => import('./ReportsPage.vue'),
      meta: {
        title: 'reports.title',
        code: 'reports.report.view',
        nav: { group: 'money', icon: ChartColumn, order: 40 },
      },
    },
  ],
}
export default area
