import { expect, test } from 'vitest'

import { code } from './totp'

// RFC 6238, appendix B (SHA-1), its last six digits; the secret is "12345678901234567890".
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'

test.each([
  [59, '287082'],
  [1_111_111_109, '081804'],
  [20_000_000_000, '353130'],
])('at %i seconds the app shows %s', (seconds, shown) => {
  expect(code(SECRET, seconds * 1000)).toBe(shown)
})
