// The service worker (ADR 34): the client's own files, which are the same for everybody, and a page
// that says what works without a network. Answers of the API are never kept: nothing of a tenant's
// data can come out of a cache, after signing out or to somebody else.
//
// FILES and VERSION are filled in by build/offline.ts.

const FILES = self.__FILES__
const CACHE = `wificore-${self.__VERSION__}`
const OFFLINE = '/offline.html'
const KNOWN = new Set(FILES)

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)))
})

// The old one serves the pages that are open until their user agrees to load anew.
self.addEventListener('message', (event) => {
  if (event.data === 'update') void self.skipWaiting()
})

async function takeOver() {
  const names = await caches.keys()
  const old = names.filter((name) => name.startsWith('wificore-') && name !== CACHE)
  await Promise.all(old.map((name) => caches.delete(name)))
  await self.clients.claim()
}

self.addEventListener('activate', (event) => event.waitUntil(takeOver()))

async function page(request) {
  try {
    return await fetch(request)
  } catch {
    return (await caches.match(OFFLINE, { cacheName: CACHE })) ?? Response.error()
  }
}

async function file(request) {
  return (await caches.match(request, { cacheName: CACHE, ignoreVary: true })) ?? fetch(request)
}

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== self.location.origin) return
  if (request.mode === 'navigate') event.respondWith(page(request))
  else if (KNOWN.has(url.pathname)) event.respondWith(file(request))
})
