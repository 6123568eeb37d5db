// Every page of the client, taken from its routes: a new one is opened without being listed here.
import type { RouteRecordRaw } from 'vue-router'

import type { Area } from '../src/app/area'

import { call, stack, tenant } from './platform'

export interface Screen {
  /** As its picture is called. */
  name: string
  path: string
  /** Who opens it. */
  by: 'owner' | 'operator' | 'stranger'
}

const found = import.meta.glob<Area>('../src/pages/*/routes.ts', { eager: true, import: 'default' })

// A page about one thing: the list whose first row it shows.
const LISTS: Record<string, string> = {
  customer: '/api/v1/radius/subscribers/',
  // Kiosks of the demo report every day; the page's own list shows the last.
  dispense: `/api/v1/water/transactions/?since=${new Date(Date.now() - 6 * 86_400_000).toISOString()}`,
  kiosk: '/api/v1/kiosks/',
  payment: '/api/v1/payments/',
  position: '/api/v1/access/positions/',
  reseller: '/api/v1/resellers/',
  role: '/api/v1/access/roles/',
  sale: '/api/v1/tills/sales/',
  'staff-member': '/api/v1/access/users/',
  tariff: '/api/v1/tariffs/',
  voucher: '/api/v1/vouchers/',
  'voucher-batch': '/api/v1/voucher-batches/',
  webhook: '/api/v1/webhooks/endpoints/',
}
// What the demo has none of; it sends nothing.
const MADE: Record<string, () => Promise<object>> = {
  payment: async () => ({
    wallet: (await wallet()).id,
    provider: 'mpesa',
    amount_micro: 50_000_000,
    currency: 'KES',
    // The provider never says what became of it.
    phone: '+254700012345',
  }),
  reseller: async () => ({ name: "Mama Njeri's shop", phone: '+254711000111', commission_bp: 750 }),
  sale: async () => {
    await call('POST', '/api/v1/tills/shifts/', { float_micro: 500_000_000, currency: 'KES' })
    const { results } = await call<Rows>('GET', '/api/v1/radius/plans/?q=Daily')
    return { plan: results[0]?.id, pay: 'cash', subscriber: (await wallet()).subscriber }
  },
  webhook: async () => ({
    url: 'https://books.example.com/hooks',
    description: 'Bookkeeping',
    event_types: ['session.*'],
    enabled: false,
  }),
}
let purse: Promise<{ id: string; subscriber: number }> | undefined
const wallet = () =>
  (purse ??= call('POST', '/api/v1/wallets/', {
    name: 'Wanjiru',
    phone: `+25471${String(Date.now()).slice(-7)}`,
  }))
// What a page shows besides: lists that found nothing, links that lead to it from elsewhere.
const ALSO: Record<string, string[]> = {
  customers: ['?q=nobody-is-called-so'],
  invitation: ['#a-token'],
  rights: ['?user=2'],
}

function places({ host }: Area): ('tenant' | 'platform')[] {
  return host === 'both' ? ['tenant', 'platform'] : [host]
}

interface Rows {
  results: { id: number | string }[]
}

async function firstOf(name: string): Promise<number | string | undefined> {
  const list = LISTS[name] ?? ''
  const { results } = await call<Rows>('GET', `${list}${list.includes('?') ? '&' : '?'}page_size=1`)
  if (results[0] || !MADE[name]) return results[0]?.id
  return (await call<{ id: number | string }>('POST', list, await MADE[name]())).id
}

async function pathOf(route: RouteRecordRaw): Promise<string> {
  if (!route.path.includes(':')) return route.path
  const name = String(route.name)
  if (!LISTS[name]) throw new Error(`stories/screens.ts: which list has rows for ${route.path}?`)
  const id = await firstOf(name)
  if (!id) throw new Error(`${LISTS[name]} is empty: nothing to show at ${route.path}`)
  return route.path.replace(/:id(\([^)]*\))?/, String(id))
}

async function screensOf(area: Area, route: RouteRecordRaw): Promise<Screen[]> {
  const path = await pathOf(route)
  const name = String(route.name)
  return places(area).flatMap((place) => {
    const by = route.meta?.bare ? 'stranger' : place === 'tenant' ? 'owner' : 'operator'
    // Strangers see the same at both hosts.
    if (by === 'stranger' && place === 'platform') return []
    const titled = by === 'operator' && area.host === 'both' ? `platform-${name}` : name
    const also = (ALSO[name] ?? []).map((more, at) => ({
      name: `${titled}-${at + 2}`,
      path: path + more,
      by,
    }))
    return [{ name: titled, path, by }, ...also] as Screen[]
  })
}

/** All of them, by name. */
export async function screens(): Promise<Screen[]> {
  const nowhere: Screen = { name: 'nowhere', path: '/no/such/page', by: 'owner' }
  const listed = await Promise.all(
    Object.values(found).flatMap((area) =>
      area.routes
        .filter((route) => !('redirect' in route && route.redirect))
        .map((route) => screensOf(area, route)),
    ),
  )
  return [...listed.flat(), nowhere].sort((a, b) => a.name.localeCompare(b.name))
}

export const hostOf = ({ by }: Screen): string =>
  by === 'operator' ? stack.platform.host : tenant().host

export const loginOf = (by: 'owner' | 'operator') =>
  by === 'owner' ? tenant().owner : stack.platform
