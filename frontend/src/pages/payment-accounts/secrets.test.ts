import { expect, test } from 'vitest'

import { given } from './secrets'

test('an empty secret is not sent, so that the stored one stays', () => {
  const values = { key: '', passkey: '', secret: 'new', enabled: false }
  expect(given(values, ['passkey', 'secret'])).toEqual({ key: '', secret: 'new', enabled: false })
})
