import { expect, test } from 'vitest'

import { patterns } from './kinds'

test('several of a subject can be taken together', () => {
  expect(patterns(['nas.silent', 'job.finished', 'nas.seen'])).toEqual([
    '*',
    'job.finished',
    'nas.*',
    'nas.seen',
    'nas.silent',
  ])
})

test("a route's own type can be kept", () => {
  expect(patterns([], 'pump.dry')).toEqual(['*', 'pump.dry'])
})
