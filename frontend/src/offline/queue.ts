// What is sent when the network is back. Any POST of the API that takes an Idempotency-Key may wait
// here: it can be sent again and again, and its work is done once.
//
//   const queue = createQueue({ store, owner, post })
//   await queue.send({ kind: 'sale', title: 'Amina, 50 KES', path: '/api/v1/tills/sales/', body })
//
//   waiting --2xx--> gone       --4xx--> refused: shown until it is dismissed or tried again
//      ^--no network, 5xx, 429, signed out: all stop, and are tried again later, in order

import { computed, getCurrentScope, onScopeDispose, shallowRef, type ComputedRef, type ShallowRef } from 'vue'

import { ApiError, asApiError, errorOf } from '@/api/errors'

import type { Entry, NewEntry, Store } from './store'

export type Wanted = Pick<Entry, 'kind' | 'title' | 'path' | 'body'>
/** `queued`: it waits; else the API's answer. */
export type Outcome = { queued: true; entry: Entry } | { queued: false; data: unknown }
/** Why nothing is sent at the moment. */
export type Pause = '' | 'offline' | 'signedOut' | 'server'

export interface Options {
  store: Store
  /** Tenant and user; null: nobody is signed in, and nothing is sent or shown. */
  owner: () => string | null
  /** Rejects with a TypeError when no answer came, like `fetch`. */
  post: (path: string, key: string, body: unknown) => Promise<Response>
  newKey?: () => string
  /** Calls again after so many milliseconds. */
  later?: (again: () => void, ms: number) => void
  /** One page at a time sends; false: another one does. */
  alone?: (work: () => Promise<void>) => Promise<boolean>
}

type Done = (entry: Entry, data: unknown) => void

export interface Queue {
  entries: ShallowRef<Entry[]>
  waiting: ComputedRef<Entry[]>
  refused: ComputedRef<Entry[]>
  pause: ShallowRef<Pause>
  /** Sends it now, or keeps it if there is no network; throws the ApiError of a refusal. */
  send: (wanted: Wanted) => Promise<Outcome>
  flush: () => Promise<void>
  /** Reads what is kept anew: another user signed in, another page changed it. */
  refresh: () => Promise<void>
  dismiss: (id: number) => Promise<void>
  again: (id: number) => Promise<void>
  /** Called with each entry that was done late, and the API's answer; a page's until it closes. */
  onDone: (listener: Done) => void
}

const FIRST_PAUSE_MS = 5_000
const LONGEST_PAUSE_MS = 120_000
// An entry on which the server breaks must not hold the others for ever.
const MOST_FAULTS = 5
const AGAIN = new Set([408, 425, 429])

type Fate = 'again' | 'signedOut' | 'refused'

export function fateOf(error: ApiError): Fate {
  if (error.status === 401 || error.code === 'mfa_required' || error.code === 'csrf_failed')
    return 'signedOut'
  if (error.offline || error.status >= 500 || AGAIN.has(error.status)) return 'again'
  return error.code === 'idempotency_key_busy' ? 'again' : 'refused'
}

/** Also where `randomUUID` is not: at addresses without TLS. */
export function randomKey(): string {
  const octets = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join('')
}

export function createQueue(options: Options): Queue {
  const { store, owner, post } = options
  const newKey = options.newKey ?? randomKey
  const later = options.later ?? ((again, ms) => void setTimeout(again, ms))
  const alone = options.alone ?? (async (work) => (await work(), true))
  const entries = shallowRef<Entry[]>([])
  const pause = shallowRef<Pause>('')
  const waiting = computed(() => entries.value.filter(({ problem }) => !problem))
  const refused = computed(() => entries.value.filter(({ problem }) => problem))
  const listeners = new Set<Done>()
  let running: Promise<void> | undefined
  let asleep = false
  let wait = FIRST_PAUSE_MS

  async function refresh(): Promise<void> {
    const who = owner()
    entries.value = who ? await store.list(who) : []
  }

  async function attempt({ path, key, body }: Pick<Entry, 'path' | 'key' | 'body'>) {
    let response: Response
    try {
      response = await post(path, key, body)
    } catch (error) {
      throw asApiError(error)
    }
    if (!response.ok) throw await errorOf(response)
    return response.status === 204 ? null : ((await response.json()) as unknown)
  }

  function rest(why: Pause): void {
    pause.value = why
    if (asleep || why === 'signedOut') return
    asleep = true
    later(() => {
      asleep = false
      void flush()
    }, wait)
    wait = Math.min(wait * 2, LONGEST_PAUSE_MS)
  }

  /** False: stop here, the rest must wait too. */
  async function deliver(entry: Entry): Promise<boolean> {
    try {
      const data = await attempt(entry)
      await store.remove(entry.id)
      wait = FIRST_PAUSE_MS
      for (const listener of listeners) listener(entry, data)
      return true
    } catch (problem) {
      const error = asApiError(problem)
      const fate = fateOf(error)
      if (fate === 'signedOut') {
        rest('signedOut')
        return false
      }
      const faults = entry.tries + (error.status === 500 ? 1 : 0)
      if (fate === 'refused' || faults >= MOST_FAULTS) {
        const { status, message, fields } = error
        await store.put({ ...entry, problem: { status, message, fields } })
        return true
      }
      if (faults > entry.tries) await store.put({ ...entry, tries: faults })
      rest(error.offline ? 'offline' : 'server')
      return false
    }
  }

  async function work(): Promise<void> {
    const who = owner()
    await refresh()
    pause.value = ''
    for (const entry of waiting.value) {
      // Somebody else signed in meanwhile: it is not theirs to send.
      if (owner() !== who || entry.owner !== who) break
      if (!(await deliver(entry))) break
    }
    await refresh()
  }

  function flush(): Promise<void> {
    running ??= alone(work)
      .then((mine) => (mine ? undefined : refresh()))
      .finally(() => (running = undefined))
    return running
  }

  async function keep(wanted: Wanted, key: string, who: string): Promise<Outcome> {
    const fresh: NewEntry = {
      ...wanted,
      // As it is sent: a form's own object may be one that cannot be stored.
      body: JSON.parse(JSON.stringify(wanted.body)),
      key,
      owner: who,
      at: new Date().toISOString(),
      tries: 0,
      problem: null,
    }
    const entry = await store.add(fresh)
    await refresh()
    return { queued: true, entry }
  }

  async function send(wanted: Wanted): Promise<Outcome> {
    const who = owner()
    if (!who) throw new ApiError(401, 'not_authenticated', '')
    // Made before the first try: an answer that got lost must not make a second one of it.
    const key = newKey()
    if (waiting.value.length) {
      const kept = await keep(wanted, key, who)
      void flush()
      return kept
    }
    try {
      return { queued: false, data: await attempt({ ...wanted, key }) }
    } catch (error) {
      const known = asApiError(error)
      if (!known.offline && known.status < 502) throw known
      const kept = await keep(wanted, key, who).catch(() => {
        // A browser that keeps nothing (a private window): the form says that it was not sent.
        throw known
      })
      rest(known.offline ? 'offline' : 'server')
      return kept
    }
  }

  async function dismiss(id: number): Promise<void> {
    await store.remove(id)
    await refresh()
  }

  async function again(id: number): Promise<void> {
    const entry = refused.value.find((one) => one.id === id)
    if (!entry) return
    await store.put({ ...entry, problem: null, tries: 0 })
    await flush()
  }

  return {
    entries,
    waiting,
    refused,
    pause,
    send,
    flush,
    refresh,
    dismiss,
    again,
    onDone(listener) {
      listeners.add(listener)
      if (getCurrentScope()) onScopeDispose(() => listeners.delete(listener))
    },
  }
}
