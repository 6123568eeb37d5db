import { Building2 } from '@lucide/vue'

import type { Area } from '@/app/area'

const area: Area = {
  host: 'platform',
  routes: [
    { path: '/', redirect: { name: 'tenants' } },
    {
      path: '/tenants',
      name: 'tenants',
      component: () => import('./TenantsPage.vue'),
      meta: {
        title: 'tenants.title',
        code: 'tenants.tenant.view',
        nav: { group: 'work', icon: Building2, order: 10, phone: true },
      },
    },
  ],
}
export default area
