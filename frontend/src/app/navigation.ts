// What the navigation lists: every route with a `nav` that this user may open.

import { computed } from 'vue'

import { useSession } from '@/auth/session'

import { GROUPS, type Group, type NavEntry } from './area'
import { areas } from './router'

export interface Link extends NavEntry {
  name: string
  title: string
}

export interface Section {
  group: Group
  links: Link[]
}

const all: (Link & { code?: string })[] = areas
  .flatMap((area) => area.routes)
  .flatMap(({ name, meta }) =>
    meta?.nav ? [{ ...meta.nav, name: String(name), title: meta.title, code: meta.code }] : [],
  )
  .sort((a, b) => a.order - b.order)

export function useNavigation() {
  const session = useSession()
  const links = computed(() => all.filter((link) => session.can(link.code)))
  const sections = computed<Section[]>(() =>
    GROUPS.map((group) => ({
      group,
      links: links.value.filter((link) => link.group === group),
    })).filter((section) => section.links.length),
  )
  const phone = computed(() => links.value.filter((link) => link.phone).slice(0, 4))
  return { sections, phone }
}
