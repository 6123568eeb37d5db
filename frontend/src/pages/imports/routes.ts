import { FileUp } from '@lucide/vue'

import type { Area } from '@/app/area'

const area: Area = {
  host: 'tenant',
  routes: [
    {
      path: '/import',
      name: 'import',
      component: () => import('./ImportPage.vue'),
      meta: {
        title: 'imports.title',
        code: 'radius.subscriber.import',
        nav: { group: 'work', icon: FileUp, order: 60 },
      },
    },
  ],
}
export default area
