import type { Area } from '@/app/area'

// The address stands in the invitation's mail.
const area: Area = {
  host: 'both',
  routes: [
    {
      path: '/sign-in/invitation',
      name: 'invitation',
      component: () => import('./AcceptPage.vue'),
      meta: { title: 'invitation.title', bare: true },
    },
  ],
}
export default area
