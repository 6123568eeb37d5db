import { expect, test } from 'vitest'

import { moved, type Job } from './jobs'

const job = { id: '1', kind: 'x', state: 'running', done: 1, total: 9, note: '' } as Job

test('an open job moves on, another stays', () => {
  const other = { ...job, id: '2' }
  const [first, second] = moved([job, other], [
    { id: '1', state: 'running', done: 5, total: 9, note: 'checking' },
  ])
  expect(first).toMatchObject({ done: 5, note: 'checking', kind: 'x' })
  expect(second).toBe(other)
})

test('late news does not wake a job that is over', () => {
  const over = { ...job, state: 'done' } as Job
  expect(moved([over], [{ id: '1', state: 'running', done: 5, total: 9, note: '' }])).toEqual([over])
})
