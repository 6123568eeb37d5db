import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { effectScope, nextTick, type EffectScope } from 'vue'

import { moved, useFind, type Group } from './find'

const group = (title: string): Group[] => [
  { kind: 'customer', more: false, results: [{ id: '1', title, text: '' }] },
]
let scope: EffectScope

beforeEach(() => {
  vi.useFakeTimers()
  scope = effectScope()
})
afterEach(() => {
  scope.stop()
  vi.useRealTimers()
})

function inScope(ask: Parameters<typeof useFind>[0]): ReturnType<typeof useFind> {
  return scope.run(() => useFind(ask)) as ReturnType<typeof useFind>
}

async function type(find: ReturnType<typeof useFind>, text: string): Promise<void> {
  find.text.value = text
  await nextTick()
}

test('it asks once for what was typed, when the typing stops', async () => {
  const ask = vi.fn(async (q: string) => group(q))
  const find = inScope(ask)
  for (const text of ['a', 'am', 'ami ']) await type(find, text)
  await vi.runAllTimersAsync()
  expect(ask.mock.calls.map(([q]) => q)).toEqual(['ami'])
  expect(find.hits.value).toEqual([{ kind: 'customer', id: '1', title: 'ami', text: '' }])
})

test('an answer that comes too late is dropped', async () => {
  const answers: ((found: Group[]) => void)[] = []
  const find = inScope(() => new Promise((resolve) => answers.push(resolve)))
  await type(find, 'slow')
  await vi.advanceTimersByTimeAsync(500)
  await type(find, 'quick')
  await vi.advanceTimersByTimeAsync(500)
  answers[1]?.(group('quick'))
  await vi.runAllTimersAsync()
  answers[0]?.(group('slow'))
  await vi.runAllTimersAsync()
  expect(find.hits.value.map(({ title }) => title)).toEqual(['quick'])
  expect(find.busy.value).toBe(false)
})

test('an emptied field shows nothing and asks nothing', async () => {
  const ask = vi.fn(async (q: string) => group(q))
  const find = inScope(ask)
  await type(find, 'amina')
  await vi.runAllTimersAsync()
  await type(find, 'a')
  await vi.runAllTimersAsync()
  expect(find.hits.value).toEqual([])
  expect(ask).toHaveBeenCalledTimes(1)
})

test('the arrows go round, and through the field', () => {
  expect([-1, 0, 1, 2].map((at) => moved(at, 1, 3))).toEqual([0, 1, 2, -1])
  expect([-1, 0, 1, 2].map((at) => moved(at, -1, 3))).toEqual([2, -1, 0, 1])
  expect(moved(-1, 1, 0)).toBe(-1)
})
