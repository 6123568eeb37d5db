import { expect, test } from 'vitest'

import { isOpen, pauseMs, type Payment } from './follow'

const payment = (state: string) => ({ state }) as Payment

test('what nobody can say yet is asked again, what is done is not', () => {
  const open = ['created', 'pending', 'paid', 'failed', 'unknown'].filter((state) =>
    isOpen(payment(state)),
  )
  expect(open).toEqual(['created', 'pending', 'unknown'])
  expect(pauseMs(payment('unknown'))).toBeGreaterThan(pauseMs(payment('pending')))
})
