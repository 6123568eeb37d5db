// The service worker, and whether a newer release waits for this page to agree.

import { ref } from 'vue'

export const updateReady = ref(false)
let waiting: ServiceWorker | null = null

function ready(worker: ServiceWorker | null): void {
  // Without a controller it is the first one: there is nothing to load anew.
  if (!worker || !navigator.serviceWorker.controller) return
  waiting = worker
  updateReady.value = true
}

const HOUR_MS = 3_600_000

export async function registerWorker(): Promise<void> {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
  try {
    const registered = await navigator.serviceWorker.register('/sw.js')
    ready(registered.waiting)
    registered.addEventListener('updatefound', () => {
      const fresh = registered.installing
      fresh?.addEventListener('statechange', () => {
        if (fresh.state === 'installed') ready(fresh)
      })
    })
    // A till is open all day.
    setInterval(() => void registered.update().catch(() => undefined), HOUR_MS)
  } catch {
    // No secure address, or the browser forbids it: everything works but the page for offline.
  }
}

/** The new release takes over, and this page loads anew. */
export function update(): void {
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), {
    once: true,
  })
  waiting?.postMessage('update')
}
