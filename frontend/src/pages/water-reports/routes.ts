import { ChartNoAxesColumn } from '@lucide/vue'

import type { Area } from '@/app/area'

const area: Area = {
  host: 'tenant',
  routes: [
    {
      path: '/water-reports',
      name: 'water-reports',
      component: () => import('./WaterReportsPage.vue'),
      meta: {
        title: 'waterReports.title',
        code: 'reports.report.view',
        nav: { group: 'water', icon: ChartNoAxesColumn, order: 60 },
      },
    },
  ],
}
export default area
