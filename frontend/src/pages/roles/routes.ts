import { KeyRound } from '@lucide/vue'

import type { Area } from '@/app/area'

const code = 'access.role.view'
const area: Area = {
  host: 'tenant',
  routes: [
    {
      path: '/roles',
      name: 'roles',
      component: () => import('./RolesPage.vue'),
      meta: { title: 'roles.title', code, nav: { group: 'people', icon: KeyRound, order: 40 } },
    },
    {
      path: '/roles/new',
      name: 'role-new',
      component: () => import('./NewRolePage.vue'),
      meta: { title: 'roles.add', code: 'access.role.manage' },
    },
    {
      path: '/roles/:id(\\d+)',
      name: 'role',
      component: () => import('./RolePage.vue'),
      meta: { title: 'roles.one', code },
    },
  ],
}
export default area
