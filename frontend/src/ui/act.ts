// A deed that asks first, is done, and says so: `if (await act(question, () => send(..), done)) ..`.

import { asApiError } from '@/api/errors'

import { confirm, type Question } from './confirm'
import { toast } from './toast'

/** False: not wanted, or refused; the reason was shown. */
export async function act(
  question: Question | null,
  deed: () => Promise<unknown>,
  done: string,
): Promise<boolean> {
  if (question && !(await confirm(question))) return false
  try {
    await deed()
  } catch (error) {
    toast.error(asApiError(error))
    return false
  }
  toast.good(done)
  return true
}
