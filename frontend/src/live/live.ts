// The tenant's own sockets (laravel-echo on docs/realtime.md). `useLive('sessions', { .. })` in a
// page listens while the page is open; after an interruption `resync` is called, because what was
// sent meanwhile is gone.

import type Echo from 'laravel-echo'
import { onScopeDispose, readonly, ref } from 'vue'

import { boot } from '@/app/boot'
import { csrfToken } from '@/api/client'

/** `off`: this host has no sockets. */
export type LiveState = 'off' | 'connecting' | 'live' | 'interrupted'
type Handlers = Record<string, (payload: never) => void>

const state = ref<LiveState>(boot.live ? 'connecting' : 'off')
export const liveState = readonly(state)

let started: Promise<Echo<'pusher'> | null> | undefined
const resyncs = new Set<() => void>()

export function live(): Promise<Echo<'pusher'> | null> {
  started ??= boot.live ? start(boot.live) : Promise.resolve(null)
  return started
}

async function start(at: { key: string; port: number }): Promise<Echo<'pusher'>> {
  const { default: connect } = await import('./echo')
  const echo = connect(at, csrfToken)
  let before = false
  const again = () => resyncs.forEach((resync) => resync())
  // The server itself had lost its link for a while.
  echo.connector.pusher.bind('wificore:resync', again)
  echo.connector.pusher.connection.bind('state_change', ({ current }: { current: string }) => {
    if (current === 'connected') {
      if (before) again()
      before = true
      state.value = 'live'
    } else {
      state.value = before || current !== 'connecting' ? 'interrupted' : 'connecting'
    }
  })
  return echo
}

const listeners = new Map<string, number>()

/** Every message is an event as `/api/v1/events/` shows it; handlers get its payload. */
interface Message {
  payload: never
}

/** `channel` without `private-`; handlers by the event's name, and `resync`. */
export function useLive(channel: string, { resync, ...given }: Handlers): void {
  let over = false
  const handlers = Object.fromEntries(
    Object.entries(given).map(([name, handle]) => [name, (at: Message) => handle(at.payload)]),
  )
  const again = resync as (() => void) | undefined
  if (again) resyncs.add(again)
  void live().then((echo) => {
    if (!echo || over) return
    listeners.set(channel, (listeners.get(channel) ?? 0) + 1)
    const joined = echo.private(channel)
    // A leading dot: the name as it is sent, without a namespace.
    for (const [name, handler] of Object.entries(handlers)) joined.listen(`.${name}`, handler)
  })
  onScopeDispose(() => {
    over = true
    if (again) resyncs.delete(again)
    void live().then((echo) => {
      if (!echo || !listeners.has(channel)) return
      const left = (listeners.get(channel) ?? 1) - 1
      for (const [name, handler] of Object.entries(handlers))
        echo.private(channel).stopListening(`.${name}`, handler)
      listeners.set(channel, left)
      if (left === 0) {
        listeners.delete(channel)
        echo.leave(channel)
      }
    })
  })
}
