import { mount } from '@vue/test-utils'
import { expect, test } from 'vitest'

import App from './App.vue'

test('it says what it is', () => {
  expect(mount(App).text()).toBe('WifiCore')
})
