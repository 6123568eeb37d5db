import { Package } from '@lucide/vue'

import type { Area } from '@/app/area'

const area: Area = {
  host: 'tenant',
  // Plans have no page of their own: the list, with this one in it.
  found: { plan: { icon: Package, to: ({ title }) => ({ name: 'plans', query: { q: title } }) } },
  routes: [
    {
      path: '/plans',
      name: 'plans',
      component: () => import('./PlansPage.vue'),
      meta: {
        title: 'plans.title',
        code: 'radius.plan.view',
        nav: { group: 'network', icon: Package, order: 10 },
      },
    },
  ],
}
export default area
