import { expect, test } from 'vitest'

import { browserOf } from './browser'

const CHROME = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36'

test('a browser is called what people call it', () => {
  expect(browserOf(`Mozilla/5.0 (Linux; Android 13; TECNO) ${CHROME}`)).toBe('Chrome, Android')
  expect(browserOf(`Mozilla/5.0 (Windows NT 10.0) ${CHROME} Edg/140.0`)).toBe('Edge, Windows')
  expect(browserOf('curl/8.5')).toBe('curl/8.5')
  expect(browserOf('')).toBe('–')
})
