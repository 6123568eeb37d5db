import { expect, test } from 'vitest'

import { hindrance, isPhone, saleBody, type Wallet } from './sale'

const amina = { subscriber: 7, name: 'Amina', phone: '+254712345678' }
const wallet = { available_micro: 30_000_000 } as Wallet

test('who is known is named by number, who is not by phone', () => {
  expect(saleBody(amina, 2, 'cash')).toEqual({ plan: 2, pay: 'cash', subscriber: 7 })
  const fresh = { name: 'Juma', phone: '0712 345 679' }
  expect(saleBody(fresh, 2, 'cash')).toEqual({ plan: 2, pay: 'cash', phone: '0712 345 679' })
})

test('cash is taken always, other ways only with a network and with money', () => {
  const at = { online: true, price: 50_000_000, buyer: amina, wallet }
  expect(hindrance('cash', { ...at, online: false })).toBe('')
  expect(hindrance('wallet', { ...at, online: false })).toBe('offline')
  expect(hindrance('wallet', at)).toBe('noMoney')
  expect(hindrance('wallet', { ...at, price: 30_000_000 })).toBe('')
  expect(hindrance('wallet', { ...at, wallet: null })).toBe('noWallet')
  expect(hindrance('mpesa', { ...at, wallet: null })).toBe('')
  expect(hindrance('mpesa', { ...at, buyer: { ...amina, phone: '' } })).toBe('noPhone')
})

test('a phone number is told from a name', () => {
  expect(['0712345678', '+254 712 345 678'].every(isPhone)).toBe(true)
  expect(['Amina', '0712', ''].some(isPhone)).toBe(false)
})
