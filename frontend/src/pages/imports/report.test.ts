import { expect, test } from 'vitest'

import { faultsCsv, reportOf } from './report'

test('a result without rows is no report', () => {
  expect(reportOf(null)).toBeNull()
  expect(reportOf({ bytes: 3 })).toBeNull()
})

test('a report is taken as it is', () => {
  const report = { rows: 2, errors: [], errors_total: 0, bad_rows: 0 }
  expect(reportOf(report)).toBe(report)
})

test('faults become lines of a file', () => {
  expect(faultsCsv([{ line: 3, field: 'plan', message: 'no plan "x"' }])).toBe(
    'line,field,message\r\n"3","plan","no plan ""x"""',
  )
})
