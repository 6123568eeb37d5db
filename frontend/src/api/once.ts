// Keys of POSTs that move money (`Idempotency-Key`): an answer that got lost must not make a second
// one of it, so trying the same again has the same key.
//
//   const once = createOnce()
//   await once(body, (key) => send(api.POST(PATH, { params: { header: keyed(key) }, body })))

import { asApiError } from './errors'

type Once = <T>(body: unknown, deed: (key: string) => Promise<T>) => Promise<T>

/** Forgets the key when the API has answered, whatever it said; another body has another key. */
export function createOnce(newKey: () => string = () => crypto.randomUUID()): Once {
  const keys = new Map<string, string>()
  return async (body, deed) => {
    const name = JSON.stringify(body)
    const key = keys.get(name) ?? newKey()
    keys.set(name, key)
    try {
      const answer = await deed(key)
      keys.delete(name)
      return answer
    } catch (problem) {
      const { status } = asApiError(problem)
      if (status >= 400 && status < 500 && status !== 429) keys.delete(name)
      throw problem
    }
  }
}

export const keyed = (key: string) => ({ 'Idempotency-Key': key })
