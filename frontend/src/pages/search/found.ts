// Where each kind of thing leads: said by the areas, like their routes.

import type { RouteLocationRaw } from 'vue-router'

import type { Found } from '@/app/area'
import { areas } from '@/app/router'

import type { Hit } from './find'

function all(): Record<string, Found> {
  return Object.assign({}, ...areas.map((area) => area.found ?? {})) as Record<string, Found>
}

/** Undefined: no page of this client shows such things yet. */
export function placeOf(kind: string): Found | undefined {
  return all()[kind]
}

export function leadsTo(hit: Hit): RouteLocationRaw | undefined {
  return placeOf(hit.kind)?.to(hit)
}
