// Light, dark, or as the device says. Django writes the choice into the page before it paints.

import { ref } from 'vue'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const root = document.documentElement
const now = root.dataset.theme
export const theme = ref<Theme>(now === 'light' || now === 'dark' ? now : 'system')

export function chooseTheme(chosen: Theme): void {
  theme.value = chosen
  if (chosen === 'system') delete root.dataset.theme
  else root.dataset.theme = chosen
  const age = chosen === 'system' ? 0 : 31536000
  document.cookie = `wc_theme=${chosen}; path=/; max-age=${age}; samesite=lax`
}
