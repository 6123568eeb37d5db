// All areas' routes, and who is let in: strangers to the sign-in, others to what they may.

import { createRouter, createWebHistory, type RouteLocationNormalized } from 'vue-router'

import { useSession } from '@/auth/session'
import { i18n } from '@/i18n'

import type { Area } from './area'
import { boot } from './boot'

const found = import.meta.glob<Area>('../pages/*/routes.ts', { eager: true, import: 'default' })

export const areas = Object.values(found).filter(
  (area) => area.host === 'both' || area.host === boot.kind,
)

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    ...areas.flatMap((area) => area.routes),
    {
      path: '/:nowhere(.*)*',
      name: 'nowhere',
      component: () => import('@/pages/errors/NotFound.vue'),
      meta: { title: 'shell.notFound.title' },
    },
  ],
  scrollBehavior: (to, from, saved) =>
    saved ?? (to.path === from.path ? undefined : { top: 0 }),
})

async function admit(to: RouteLocationNormalized) {
  const session = useSession()
  if (session.state === 'unknown') await session.load()
  if (to.meta.bare || session.fault) return true
  if (session.state === 'out')
    return { name: 'sign-in', query: to.fullPath === '/' ? {} : { next: to.fullPath } }
  if (session.state === 'enrol' && !to.meta.always) return { name: 'security', query: { first: 1 } }
  return true
}

router.beforeEach(admit)

router.afterEach((to) => {
  const title = to.meta.title ? i18n.global.t(to.meta.title) : ''
  document.title = title ? `${title} · ${boot.name}` : boot.name
})
