// Short news at the edge of the screen: `toast.good('Saved')`. Faults stay until they are read.

import { reactive } from 'vue'

import type { ApiError } from '@/api/errors'
import { line } from '@/api/words'

export interface Toast {
  id: number
  tone: 'good' | 'bad' | 'info'
  text: string
}

const STAYS_MS = 5000
let last = 0
export const toasts = reactive<Toast[]>([])

export function dismiss(id: number): void {
  const place = toasts.findIndex((toast) => toast.id === id)
  if (place >= 0) toasts.splice(place, 1)
}

function show(tone: Toast['tone'], text: string): void {
  const id = ++last
  toasts.push({ id, tone, text })
  if (tone !== 'bad') setTimeout(() => dismiss(id), STAYS_MS)
}

export const toast = {
  good: (text: string) => show('good', text),
  info: (text: string) => show('info', text),
  bad: (text: string) => show('bad', text),
  error: (error: ApiError) => show('bad', line(error)),
}
