import { ListChecks } from '@lucide/vue'

import type { Area } from '@/app/area'

const area: Area = {
  host: 'both',
  routes: [
    {
      path: '/jobs',
      name: 'jobs',
      component: () => import('./JobsPage.vue'),
      meta: {
        title: 'jobs.title',
        code: 'jobs.job.view',
        nav: { group: 'system', icon: ListChecks, order: 60 },
      },
    },
  ],
}
export default area
