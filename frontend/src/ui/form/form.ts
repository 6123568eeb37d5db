// A form and the API's field errors: `const form = useForm({ name: '' }, (values) => send(..))`.

import { reactive, ref, toRaw, type InjectionKey, type Ref } from 'vue'

import { ApiError, asApiError } from '@/api/errors'
import { line } from '@/api/words'

export interface Form<Values extends object = Record<string, unknown>> {
  values: Values
  /** Messages by field, as the API gave them. */
  errors: Record<string, string[]>
  /** What belongs to no field that is shown. */
  fault: Ref<string>
  busy: Ref<boolean>
  /** Sends; false if it was refused, and then says why in `errors` and `fault`. */
  submit: () => Promise<boolean>
  reset: (values?: Partial<Values>) => void
}

export const FORM: InjectionKey<Form> = Symbol('form')

export function useForm<Values extends object>(
  start: Values,
  save: (values: Values) => Promise<unknown>,
): Form<Values> {
  const values = reactive(structuredClone(toRaw(start))) as Values
  const errors = reactive<Record<string, string[]>>({})
  const fault = ref('')
  const busy = ref(false)

  function clear(): void {
    for (const name of Object.keys(errors)) delete errors[name]
    fault.value = ''
  }

  function show(error: ApiError): void {
    const strangers: string[] = []
    for (const [path, messages] of Object.entries(error.fields)) {
      // `placement.roles.0` belongs to the field `roles` if there is one, else to the first part.
      const name = path.split('.').find((part) => part in values)
      if (name) errors[name] = [...(errors[name] ?? []), ...messages]
      else strangers.push(...messages)
    }
    if (strangers.length) fault.value = strangers.join(' ')
    else if (!Object.keys(error.fields).length) fault.value = line(error)
  }

  async function submit(): Promise<boolean> {
    if (busy.value) return false
    clear()
    busy.value = true
    try {
      await save(structuredClone(toRaw(values)))
      return true
    } catch (error) {
      show(asApiError(error))
      return false
    } finally {
      busy.value = false
    }
  }

  function reset(next: Partial<Values> = {}): void {
    clear()
    Object.assign(values, structuredClone(toRaw(start)), next)
  }

  return { values, errors, fault, busy, submit, reset }
}
