import { UserRound } from '@lucide/vue'

import type { Area } from '@/app/area'

const code = 'access.user.view'
const area: Area = {
  host: 'tenant',
  found: { staff: { icon: UserRound, to: ({ id }) => ({ name: 'staff-member', params: { id } }) } },
  routes: [
    {
      path: '/staff',
      name: 'staff',
      component: () => import('./StaffPage.vue'),
      meta: { title: 'staff.title', code, nav: { group: 'people', icon: UserRound, order: 10 } },
    },
    {
      path: '/staff/:id(\\d+)',
      name: 'staff-member',
      component: () => import('./StaffMemberPage.vue'),
      meta: { title: 'staff.one', code },
    },
  ],
}
export default area
