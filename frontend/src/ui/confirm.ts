// `if (await confirm({ title, text, action })) ..`: asks before anything that takes away.

import { shallowRef } from 'vue'

export interface Question {
  title: string
  /** What will happen, so that nobody has to guess. */
  text: string
  action: string
  danger?: boolean
  /** To be typed, for what cannot be undone. */
  type?: string
}

export const asked = shallowRef<(Question & { answer: (yes: boolean) => void }) | null>(null)

export function confirm(question: Question): Promise<boolean> {
  asked.value?.answer(false)
  return new Promise((resolve) => {
    asked.value = {
      ...question,
      answer: (yes) => {
        asked.value = null
        resolve(yes)
      },
    }
  })
}
