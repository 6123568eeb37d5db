// English and Swahili: `src/i18n/<language>.json` for the frame, `pages/<area>/<language>.json` for
// an area, found under the area's name (`customers.title`). One file a language is loaded.

import { createI18n } from 'vue-i18n'

export const LANGUAGES = { en: 'English', sw: 'Kiswahili' } as const
export type Language = keyof typeof LANGUAGES
export interface Words {
  [key: string]: string | Words
}

export const i18n = createI18n<false>({
  legacy: false,
  locale: 'en',
  fallbackLocale: 'en',
  missingWarn: false,
  fallbackWarn: false,
})

export const t = i18n.global.t

const load: Record<Language, () => Promise<{ default: Words }>> = {
  en: () => import('./words.en'),
  sw: () => import('./words.sw'),
}

export function asLanguage(text: string): Language {
  return text.slice(0, 2) === 'sw' ? 'sw' : 'en'
}

export async function speak(language: Language): Promise<void> {
  const { default: words } = await load[language]()
  i18n.global.setLocaleMessage(language, words as never)
  i18n.global.locale.value = language
  document.documentElement.lang = language
}

/** Remembered for a year; Django reads the same cookie, so that the API's messages follow. */
export async function chooseLanguage(language: Language): Promise<void> {
  document.cookie = `django_language=${language}; path=/; max-age=31536000; samesite=lax`
  await speak(language)
}
