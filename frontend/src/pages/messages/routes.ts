import { Mails } from '@lucide/vue'

import type { Area } from '@/app/area'

const area: Area = {
  host: 'tenant',
  routes: [
    {
      path: '/messages',
      name: 'messages',
      component: () => import('./MessagesPage.vue'),
      meta: {
        title: 'messages.title',
        code: 'notifications.channel.view',
        nav: { group: 'system', icon: Mails, order: 20 },
      },
    },
  ],
}
export default area
