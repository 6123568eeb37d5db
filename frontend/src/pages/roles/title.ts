// A built-in role in the reader's language; an own one as it was named.

import { useRoles } from '@/app/lookup'
import { i18n, t } from '@/i18n'

export function roleTitle(role: { name: string; title?: string; built_in?: boolean }): string {
  const key = `roles.named.${role.name}`
  if (role.built_in && i18n.global.te(key)) return t(key)
  return role.title || role.name
}

/** By the name that users, tokens and policies hold. */
export function useRoleNames() {
  const roles = useRoles()
  return {
    roles: roles.rows,
    named: (name: string) => {
      const role = roles.rows.value.find((one) => one.name === name)
      return roleTitle(role ?? { name, built_in: true })
    },
    renew: roles.renew,
  }
}
