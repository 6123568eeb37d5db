import type { Area } from '@/app/area'

const area: Area = {
  host: 'tenant',
  routes: [
    {
      path: '/search',
      name: 'search',
      component: () => import('./SearchPage.vue'),
      meta: { title: 'search.title' },
    },
  ],
}
export default area
