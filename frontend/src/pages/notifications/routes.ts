import type { Area } from '@/app/area'

const area: Area = {
  host: 'tenant',
  routes: [
    {
      path: '/notifications',
      name: 'notifications',
      component: () => import('./InboxPage.vue'),
      meta: { title: 'notifications.title', code: 'notifications.inbox.view' },
    },
  ],
}
export default area
