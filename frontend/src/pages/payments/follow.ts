// A payment that a customer's phone was asked for, until somebody knows what became of it: the
// sockets say it at once, asking again says it where they cannot.

import { onScopeDispose, shallowRef, type ShallowRef } from 'vue'

import { api, send, type Tenant } from '@/api/client'
import { asApiError, type ApiError } from '@/api/errors'
import { useLive } from '@/live/live'

export type Payment = Tenant['Payment']
const ASK_MS = 3_000
const ASK_UNKNOWN_MS = 10_000
const CHANGES = ['pending', 'paid', 'failed', 'unknown'] as const

/** It can still become something else, and soon. */
export function isOpen({ state }: Payment): boolean {
  return state === 'created' || state === 'pending' || state === 'unknown'
}

export function pauseMs({ state }: Payment): number {
  return state === 'unknown' ? ASK_UNKNOWN_MS : ASK_MS
}

export interface Followed {
  payment: ShallowRef<Payment>
  error: ShallowRef<ApiError | null>
  /** Asks the provider now. */
  check: () => Promise<void>
}

export function useFollow(start: Payment, changed: (payment: Payment) => void): Followed {
  const payment = shallowRef(start)
  const error = shallowRef<ApiError | null>(null)
  const params = { path: { id: start.id } }
  let timer: ReturnType<typeof setTimeout> | undefined
  let over = false

  function take(found: Payment): void {
    const before = payment.value.state
    payment.value = found
    error.value = null
    if (found.state !== before) changed(found)
  }

  async function look(): Promise<void> {
    clearTimeout(timer)
    try {
      const found = await send(api.GET('/api/v1/payments/{id}/', { params }))
      if (!over) take(found)
    } catch (problem) {
      error.value = asApiError(problem)
    }
    if (!over && isOpen(payment.value)) timer = setTimeout(() => void look(), pauseMs(payment.value))
  }

  const told = ({ id }: { id: string }) => void (id === start.id && look())
  useLive('payments', {
    ...Object.fromEntries(CHANGES.map((name) => [`payment.${name}`, told])),
    resync: () => void look(),
  })
  onScopeDispose(() => {
    over = true
    clearTimeout(timer)
  })
  if (isOpen(start)) timer = setTimeout(() => void look(), ASK_MS)

  async function check(): Promise<void> {
    try {
      await send(api.POST('/api/v1/payments/{id}/check/', { params }))
    } catch (problem) {
      error.value = asApiError(problem)
      return
    }
    await look()
  }

  return { payment, error, check }
}
