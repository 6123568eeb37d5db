import { BadgeCheck, Building2, MapPin, Network } from '@lucide/vue'

import type { Area } from '@/app/area'

const code = 'access.position.view'
const area: Area = {
  host: 'tenant',
  routes: [
    {
      path: '/departments',
      name: 'departments',
      component: () => import('./DepartmentsPage.vue'),
      meta: {
        title: 'organisation.department.title',
        code,
        nav: { group: 'people', icon: Network, order: 20 },
      },
    },
    {
      path: '/positions',
      name: 'positions',
      component: () => import('./PositionsPage.vue'),
      meta: {
        title: 'organisation.position.title',
        code,
        nav: { group: 'people', icon: BadgeCheck, order: 30 },
      },
    },
    {
      path: '/positions/:id(\\d+)',
      name: 'position',
      component: () => import('./PositionPage.vue'),
      meta: { title: 'organisation.position.one', code },
    },
    {
      path: '/sites',
      name: 'sites',
      component: () => import('./SitesPage.vue'),
      meta: {
        title: 'organisation.site.title',
        code: 'access.site.view',
        nav: { group: 'people', icon: MapPin, order: 25 },
      },
    },
    {
      path: '/settings/organisation',
      name: 'organisation-settings',
      component: () => import('./SettingsPage.vue'),
      meta: {
        title: 'organisation.settings.title',
        code: 'access.settings.view',
        nav: { group: 'system', icon: Building2, order: 10 },
      },
    },
  ],
}
export default area
