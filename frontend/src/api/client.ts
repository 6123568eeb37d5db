// The API as its schema describes it: `await send(api.GET('/api/v1/radius/plans/{id}/', ..))`.
// `api` is the tenant's host, `platform` the platform's. Anything but success throws an ApiError.

import createClient, { type Middleware } from 'openapi-fetch'

import { errorOf, asApiError } from './errors'
import type { paths as PlatformPaths } from './platform'
import type { paths as TenantPaths } from './tenant'

export type Tenant = import('./tenant').components['schemas']
export type Platform = import('./platform').components['schemas']

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

export function csrfToken(): string {
  return /(?:^|; )csrftoken=([^;]*)/.exec(document.cookie)?.[1] ?? ''
}

type Refused = (status: number, code: string) => void
let whenRefused: Refused = () => {}

/** Who hears of 401 (signed out meanwhile) and 403 (a second factor is asked for). */
export function onRefused(handler: Refused): void {
  whenRefused = handler
}

const ours: Middleware = {
  onRequest({ request }) {
    if (!SAFE.has(request.method)) request.headers.set('X-CSRFToken', csrfToken())
    return request
  },
  async onResponse({ response }) {
    if (response.ok) return undefined
    const error = await errorOf(response)
    if (response.status === 401 || error.code === 'mfa_required')
      whenRefused(error.status, error.code)
    throw error
  },
}

function client<Paths extends object>() {
  const made = createClient<Paths>({
    baseUrl: location.origin,
    fetch: (request) => fetch(request),
    querySerializer: { array: { style: 'form', explode: true } },
  })
  made.use(ours)
  return made
}

export const api = client<TenantPaths>()
export const platform = client<PlatformPaths>()

/** The answer's body. Throws an ApiError, also when no answer came. */
export async function send<T>(call: Promise<{ data?: T; response: Response }>): Promise<T> {
  try {
    return (await call).data as T
  } catch (error) {
    throw asApiError(error)
  }
}
