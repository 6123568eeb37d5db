// Everything that can be allowed: its words, its risk, and the groups in which it is shown.

import { shallowRef, type ShallowRef } from 'vue'

import { api, send, type Tenant } from '@/api/client'
import { i18n, t } from '@/i18n'

export type Permission = Tenant['Permission']

export interface CodeGroup {
  app: string
  codes: Permission[]
}

const found = shallowRef<Permission[]>([])
let asked: Promise<void> | undefined

/** Loaded once a visit; empty for whoever may not see roles. */
export function usePermissions(): ShallowRef<Permission[]> {
  asked ??= send(api.GET('/api/v1/access/permissions/'))
    .then((page) => void (found.value = page.results))
    .catch(() => (asked = undefined))
  return found
}

/** `radius.*` stands for all that begin so. */
export function isPattern(code: string): boolean {
  return code.endsWith('*')
}

export function appOf(code: string): string {
  return code.split('.')[0] ?? ''
}

export function appTitle(app: string): string {
  return i18n.global.te(`roles.app.${app}`) ? t(`roles.app.${app}`) : app
}

/** In the reader's language; a release's new code in the API's words. */
export function codeTitle(code: string): string {
  if (code === '*') return t('roles.everything')
  if (isPattern(code)) return t('roles.allOf', { app: appTitle(appOf(code)) })
  const key = `roles.code.${code}`
  const { te, locale } = i18n.global
  if (te(key) || te(key, locale.value)) return t(key)
  return found.value.find((one) => one.code === code)?.title ?? code
}

/** As `codeTitle`, but for a token's holder who may not read the list of permissions. */
export function bare(code: string): Permission {
  return { id: code, code, title: code, risk: 'low', protected: false, limit: '' }
}

export function grouped(permissions: readonly Permission[]): CodeGroup[] {
  const groups = new Map<string, Permission[]>()
  for (const one of permissions) {
    const app = appOf(one.code)
    groups.set(app, [...(groups.get(app) ?? []), one])
  }
  return [...groups].map(([app, codes]) => ({ app, codes }))
}

/** What a pattern, or a code, stands for among the known ones. */
export function meant(pattern: string, permissions: readonly Permission[]): Permission[] {
  const beginning = pattern.slice(0, -1)
  return permissions.filter(({ code }) =>
    isPattern(pattern) ? code.startsWith(beginning) : code === pattern,
  )
}

export function risky(codes: readonly string[], permissions: readonly Permission[]): number {
  return permissions.filter(({ code, risk }) => risk === 'high' && codes.includes(code)).length
}
