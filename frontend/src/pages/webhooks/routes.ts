import { Webhook } from '@lucide/vue'

import type { Area } from '@/app/area'

const area: Area = {
  host: 'tenant',
  routes: [
    {
      path: '/webhooks',
      name: 'webhooks',
      component: () => import('./WebhooksPage.vue'),
      meta: {
        title: 'webhooks.title',
        code: 'webhooks.endpoint.view',
        nav: { group: 'system', icon: Webhook, order: 30 },
      },
    },
    {
      path: '/webhooks/:id(\\d+)',
      name: 'webhook',
      component: () => import('./WebhookPage.vue'),
      meta: { title: 'webhooks.one', code: 'webhooks.endpoint.view' },
    },
  ],
}
export default area
