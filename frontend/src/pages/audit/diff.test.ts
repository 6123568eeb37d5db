import { expect, test } from 'vitest'

import { changes, filtersOf, objectName } from './diff'

test('only what differs is shown', () => {
  const old = { name: 'Daily', price: 50, tags: ['a'] }
  expect(changes(old, { name: 'Daily', price: 60, tags: ['a', 'b'] })).toEqual([
    { name: 'price', old: '50', new: '60' },
    { name: 'tags', old: '["a"]', new: '["a","b"]' },
  ])
})

test('what was made has no old values, what was deleted no new ones', () => {
  expect(changes(null, { name: 'Daily' })).toEqual([{ name: 'name', old: '–', new: 'Daily' }])
  expect(changes({ on: false }, null)).toEqual([{ name: 'on', old: 'false', new: '–' }])
  expect(changes(null, null)).toEqual([])
})

test('an object has the name it has now, else its number', () => {
  expect(objectName({ object_id: '7', old: { name: 'a' }, new: { name: 'b' } })).toBe('b')
  expect(objectName({ object_id: '7', old: { email: 'x@y.test' }, new: null })).toBe('x@y.test')
  expect(objectName({ object_id: '7', old: null, new: null })).toBe('7')
})

test('an export has the filters of the list and no more', () => {
  expect(filtersOf({ q: 'till', order: '-at', cursor: 'x', action: '' })).toEqual({ q: 'till' })
})
