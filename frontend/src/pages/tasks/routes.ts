import { ClipboardList } from '@lucide/vue'

import type { Area } from '@/app/area'

const area: Area = {
  host: 'tenant',
  routes: [
    {
      path: '/tasks',
      name: 'tasks',
      component: () => import('./TasksPage.vue'),
      meta: {
        title: 'tasks.title',
        code: 'notifications.task.view',
        nav: { group: 'work', icon: ClipboardList, order: 40, phone: true, short: 'tasks.short' },
      },
    },
  ],
}
export default area
