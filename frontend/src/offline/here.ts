// The queue of whoever is signed in here, and what makes it go.

import { getActivePinia } from 'pinia'
import { ref, watch } from 'vue'

import { csrfToken } from '@/api/client'
import { boot, onPlatform } from '@/app/boot'
import { useSession } from '@/auth/session'

import { createQueue } from './queue'
import { indexedStore } from './store'

/** What the browser believes; whether it is true, a request tells. */
export const online = ref(navigator.onLine)

function owner(): string | null {
  if (!getActivePinia()) return null
  const session = useSession()
  const id = session.state === 'in' ? session.me?.id : undefined
  return id && !onPlatform ? `${boot.slug}/${id}` : null
}

function post(path: string, key: string, body: unknown): Promise<Response> {
  const headers = {
    'Content-Type': 'application/json',
    Accept: 'application/json',
    'Idempotency-Key': key,
    'X-CSRFToken': csrfToken(),
  }
  return fetch(path, { method: 'POST', headers, body: JSON.stringify(body) })
}

/** Of several open pages one sends. */
async function alone(work: () => Promise<void>): Promise<boolean> {
  if (!('locks' in navigator)) {
    await work()
    return true
  }
  return navigator.locks.request('wificore-queue', { ifAvailable: true }, async (lock) => {
    if (lock) await work()
    return lock !== null
  })
}

export const queue = createQueue({ store: indexedStore(), owner, post, alone })

/** Once, when the app starts. */
export function startQueue(): void {
  const flush = () => void queue.flush().catch(() => undefined)
  watch(owner, (who) => (who ? flush() : void queue.refresh()), { immediate: true })
  window.addEventListener('online', () => {
    online.value = true
    flush()
  })
  window.addEventListener('offline', () => (online.value = false))
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible' && queue.waiting.value.length) flush()
  })
}
