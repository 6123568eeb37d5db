import type { Area } from '@/app/area'

const area: Area = {
  host: 'both',
  routes: [
    {
      path: '/sign-in',
      name: 'sign-in',
      component: () => import('./SignInPage.vue'),
      meta: { title: 'signIn.title', bare: true },
    },
    {
      path: '/sign-in/failed',
      name: 'sign-in-failed',
      redirect: (to) => ({ name: 'sign-in', query: to.query }),
    },
  ],
}
export default area
