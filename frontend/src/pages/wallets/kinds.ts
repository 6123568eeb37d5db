// What a transfer was for, in words: "sale.cash" is "Sale, cash".

import { i18n, t } from '@/i18n'

function named(group: string, name: string): string {
  const key = `wallets.${group}.${name}`
  return i18n.global.te(key) ? t(key) : name
}

export const channelName = (channel: string): string => named('channel', channel)
export const whatName = (what: string): string => named('what', what)

export function kindName(kind: string): string {
  // Moves of cash inside the house have words of their own.
  const own = `wallets.kind.${kind.replace('.', '_')}`
  if (i18n.global.te(own)) return t(own)
  const [what = '', channel] = kind.split('.')
  return channel ? `${whatName(what)}, ${channelName(channel)}` : whatName(what)
}
