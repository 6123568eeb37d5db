// What every field shares: its value in the form around it, its messages, its ids.

import { computed, inject, useId } from 'vue'

import { FORM } from './form'

export interface FieldProps {
  name: string
  label: string
  hint?: string
  required?: boolean
  disabled?: boolean
}

export function useField<T>(props: FieldProps) {
  const form = inject(FORM)
  if (!form) throw new Error(`the field ${props.name} stands in no AppForm`)
  const id = useId()
  const messages = computed(() => form.errors[props.name] ?? [])
  const value = computed({
    get: () => form.values[props.name] as T,
    set: (next: T) => {
      form.values[props.name] = next
      delete form.errors[props.name]
    },
  })
  const described = computed(() => {
    const ids = [props.hint && `${id}-hint`, messages.value.length && `${id}-error`]
    return ids.filter(Boolean).join(' ') || undefined
  })
  const bind = computed(() => ({
    id,
    name: props.name,
    required: props.required,
    disabled: props.disabled,
    'aria-invalid': messages.value.length ? ('true' as const) : undefined,
    'aria-describedby': described.value,
  }))
  return { id, value, messages, bind }
}
