// How a page joins the client: its folder under `pages/` has a `routes.ts` that exports an Area.
// Nothing else is edited: routes, navigation and words are gathered from the folders.

import type { Component } from 'vue'
import type { RouteLocationRaw, RouteRecordRaw } from 'vue-router'

export type Group = 'work' | 'money' | 'water' | 'network' | 'people' | 'system'
export const GROUPS: readonly Group[] = ['work', 'money', 'water', 'network', 'people', 'system']

export interface NavEntry {
  group: Group
  icon: Component
  /** Place in the group, lowest first; leave gaps. */
  order: number
  /** On phones: one of the four in the bar below; the rest are behind "More". */
  phone?: boolean
  /** Key of a word for there that is short enough for a fifth of a phone. */
  short?: string
}

/** What the search box found, and where it leads. */
export interface Found {
  icon: Component
  to: (hit: { id: string; title: string }) => RouteLocationRaw
}

export interface Area {
  host: 'tenant' | 'platform' | 'both'
  routes: RouteRecordRaw[]
  /** By the kinds of /api/v1/search/; their words are `search.kind.<kind>`. */
  found?: Record<string, Found>
}

declare module 'vue-router' {
  interface RouteMeta {
    /** Key of the words in the heading, the navigation and the window's title. */
    title: string
    /** Permission code: without it the page is neither listed nor opened. */
    code?: string
    nav?: NavEntry
    /** For strangers too, and without the frame around it. */
    bare?: boolean
    /** Signed in, but not necessarily with the second factor that is asked for. */
    always?: boolean
  }
}
