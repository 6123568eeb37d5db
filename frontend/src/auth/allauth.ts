// django-allauth's headless API at /_allauth/browser/v1 (docs/sign-in.md); its own error shape.

import { csrfToken } from '@/api/client'
import { ApiError, asApiError } from '@/api/errors'

const BASE = '/_allauth/browser/v1/'

export interface Flow {
  id: string
  is_pending?: boolean
  types?: string[]
}

export interface Answer<T = unknown> {
  status: number
  data: T
  meta: Record<string, unknown>
  flows: Flow[]
}

export interface Provider {
  id: string
  name: string
}

export interface Config {
  socialaccount?: { providers: Provider[] }
  mfa?: { supported_types: string[]; passkey_login_enabled: boolean }
}

export interface Authenticator {
  id?: number
  type: 'totp' | 'recovery_codes' | 'webauthn'
  name?: string
  created_at: number
  last_used_at: number | null
  total_code_count?: number
  unused_code_count?: number
  unused_codes?: string[]
  is_passwordless?: boolean
}

interface Body<T> {
  data?: T & { flows?: Flow[] }
  meta?: Record<string, unknown>
  errors?: { param?: string; message: string; code?: string }[]
}

/** Statuses that are answers, not faults: 401 is a step more, 404 "there is none". */
const ANSWERS = new Set([200, 401, 404])

export async function ask<T>(path: string, method = 'GET', body?: unknown): Promise<Answer<T>> {
  const response = await request(path, method, body)
  const content = (await response.json().catch(() => ({}))) as Body<T>
  if (!ANSWERS.has(response.status)) throw refusal(response, content)
  return {
    status: response.status,
    data: (content.data ?? {}) as T,
    meta: content.meta ?? {},
    flows: content.data?.flows ?? [],
  }
}

async function request(path: string, method: string, body: unknown): Promise<Response> {
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (method !== 'GET') headers['X-CSRFToken'] = csrfToken()
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  try {
    return await fetch(BASE + path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
    })
  } catch (error) {
    throw asApiError(error)
  }
}

function refusal(response: Response, content: Body<unknown>): ApiError {
  const fields: Record<string, string[]> = {}
  for (const error of content.errors ?? []) {
    const name = error.param ?? 'non_field_errors'
    fields[name] = [...(fields[name] ?? []), error.message]
  }
  const [first] = content.errors ?? []
  const code = first?.code ?? (response.status === 429 ? 'throttled' : 'error')
  const id = response.headers.get('X-Request-Id') ?? ''
  return new ApiError(response.status, code, first?.message ?? '', fields, id)
}

/** What is asked for next, if anything is. */
export function pending(answer: Answer): Flow | undefined {
  return answer.flows.find((flow) => flow.is_pending)
}

/** Leave for an identity provider: a real form, because the answer leads to another site. */
export function signInWith(provider: string, back: string): void {
  const form = document.createElement('form')
  form.method = 'POST'
  form.action = `${BASE}auth/provider/redirect`
  const fields = {
    provider,
    callback_url: new URL(back, location.origin).href,
    process: 'login',
    csrfmiddlewaretoken: csrfToken(),
  }
  for (const [name, value] of Object.entries(fields)) {
    const input = document.createElement('input')
    Object.assign(input, { type: 'hidden', name, value })
    form.append(input)
  }
  document.body.append(form)
  form.submit()
}
