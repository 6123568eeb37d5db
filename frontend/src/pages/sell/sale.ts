// Who buys and how, on the way from the till's form to the API.

import { api, send, type Tenant } from '@/api/client'

export type Wallet = Tenant['Wallet']
export type Sale = Tenant['Sale']
export type Payment = Tenant['Payment']
export type Pay = 'cash' | 'wallet' | 'mpesa'
export const SALES = '/api/v1/tills/sales/'
export const WALLETS = '/api/v1/wallets/'

/** Known to the API by its number, or made without a network and known by its phone alone. */
export interface Buyer {
  subscriber?: number
  name: string
  phone: string
}

export function asBuyer(row: Tenant['Subscriber']): Buyer {
  return { subscriber: row.id, name: row.name || row.username, phone: row.phone ?? '' }
}

export function saleBody(buyer: Buyer, plan: number, pay: 'cash' | 'wallet') {
  const who = buyer.subscriber ? { subscriber: buyer.subscriber } : { phone: buyer.phone }
  return { plan, pay, ...who }
}

/** A number that may be dialled: what may be searched for, or sold to, without a network. */
export function isPhone(text: string): boolean {
  return /^\+?[\d\s-]{9,16}$/.test(text.trim())
}

/** The buyer's wallet; null: there is none. */
export async function walletOf({ subscriber }: Buyer): Promise<Wallet | null> {
  if (!subscriber) return null
  const query = { subscriber: String(subscriber) }
  return (await send(api.GET(WALLETS, { params: { query } }))).results[0] ?? null
}

export async function openWallet({ name, phone }: Buyer): Promise<Wallet> {
  return send(api.POST(WALLETS, { body: { name, phone } }))
}

/** What stands in the way of a payment in this way; `` if nothing does. */
export function hindrance(
  pay: Pay,
  at: { online: boolean; price: number; buyer: Buyer; wallet: Wallet | null },
): '' | 'offline' | 'noWallet' | 'noMoney' | 'noPhone' {
  if (pay === 'cash') return ''
  if (!at.online) return 'offline'
  if (pay === 'mpesa') return at.buyer.phone ? '' : 'noPhone'
  if (!at.wallet) return 'noWallet'
  return at.wallet.available_micro < at.price ? 'noMoney' : ''
}
