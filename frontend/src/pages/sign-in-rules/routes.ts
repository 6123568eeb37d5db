import { LogIn } from '@lucide/vue'

import type { Area } from '@/app/area'

const area: Area = {
  host: 'tenant',
  routes: [
    {
      path: '/settings/sign-in',
      name: 'sign-in-rules',
      component: () => import('./SignInRulesPage.vue'),
      meta: {
        title: 'signInRules.title',
        code: 'access.policy.view',
        nav: { group: 'system', icon: LogIn, order: 20 },
      },
    },
  ],
}
export default area
