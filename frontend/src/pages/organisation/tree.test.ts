import { expect, test } from 'vitest'

import { tree, within } from './tree'

const rows = [
  { id: 3, name: 'Tills', parent: 1 },
  { id: 1, name: 'Sales', parent: null },
  { id: 2, name: 'Field', parent: null },
  { id: 4, name: 'Night', parent: 3 },
  { id: 5, name: 'Elsewhere', parent: 99 },
]

test('children stand below their parents, by name', () => {
  expect(tree(rows).map(({ row, depth }) => `${depth} ${row.name}`)).toEqual([
    '0 Elsewhere',
    '0 Field',
    '0 Sales',
    '1 Tills',
    '2 Night',
  ])
})

test('a department cannot stand below itself', () => {
  expect([...within(rows, 1)].sort()).toEqual([1, 3, 4])
  expect([...within(rows, 2)]).toEqual([2])
})
