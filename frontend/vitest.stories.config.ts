import { fileURLToPath } from 'node:url'

import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

// Stories run in a real browser against a running platform (tests/e2e/test_stories.py starts both);
// one after the other, because they share its data.
export default defineConfig({
  // The pages' routes are read by them.
  plugins: [vue()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  test: {
    environment: 'node',
    include: ['stories/**/*.stories.ts'],
    fileParallelism: false,
    testTimeout: 400_000,
    hookTimeout: 120_000,
  },
})
