import { expect, test } from 'vitest'

import { linesOf } from './lines'

test('lines become entries without the empty ones', () => {
  expect(linesOf(' https://a.example \n\nhttps://b.example')).toEqual([
    'https://a.example',
    'https://b.example',
  ])
  expect(linesOf('')).toEqual([])
})
