import type { Area } from '@/app/area'

const area: Area = {
  host: 'both',
  routes: [
    {
      path: '/account/security',
      name: 'security',
      component: () => import('./SecurityPage.vue'),
      meta: { title: 'account.title', always: true },
    },
  ],
}
export default area
