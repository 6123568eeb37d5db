import { expect, test } from 'vitest'

import { ApiError } from './errors'
import { createOnce } from './once'

function counting() {
  let last = 0
  return () => `key-${++last}`
}

test('what got no answer is tried with the same key, and what comes after it with another', async () => {
  const once = createOnce(counting())
  const keys: string[] = []
  const lost = () => Promise.reject(new TypeError('network'))
  const deed = (answer: () => Promise<unknown>) => (key: string) => {
    keys.push(key)
    return answer()
  }
  const body = { amount_micro: 5 }
  await expect(once(body, deed(lost))).rejects.toThrow('network')
  await once(body, deed(() => Promise.resolve('made')))
  await once(body, deed(() => Promise.resolve('made')))
  expect(keys).toEqual(['key-1', 'key-1', 'key-2'])
})

test('another amount is another deed, and a refusal ends one', async () => {
  const once = createOnce(counting())
  const keys: string[] = []
  const refused = (key: string) => {
    keys.push(key)
    return Promise.reject(new ApiError(422, 'insufficient_funds', 'no'))
  }
  await expect(once({ amount: 1 }, refused)).rejects.toThrow('no')
  await expect(once({ amount: 1 }, refused)).rejects.toThrow('no')
  await expect(once({ amount: 2 }, refused)).rejects.toThrow('no')
  expect(keys).toEqual(['key-1', 'key-2', 'key-3'])
})
