import { fileURLToPath } from 'node:url'

import tailwind from '@tailwindcss/vite'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

import { compress } from './build/compress.ts'
import { djangosPage } from './build/djangos-page.ts'
import { offline } from './build/offline.ts'
import { stock } from './build/stock.ts'

// `npm run dev` beside `make run`: pages come from Vite, everything else from Django. The browser's
// Host goes through, because it names the tenant: open http://<tenant>.localhost:5173.
const DJANGO = process.env.WEB_URL ?? 'http://127.0.0.1:8070'
const paths = ['/api', '/_allauth', '/admin', '/static', '/broadcasting', '/files', '/manifest.webmanifest']

export default defineConfig({
  plugins: [vue(), tailwind(), stock(), offline(), compress(), djangosPage(DJANGO)],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: {
    proxy: Object.fromEntries(
      paths.map((path) => [path, { target: DJANGO, changeOrigin: false }]),
    ),
  },
  build: {
    target: 'es2022',
    manifest: 'manifest.json',
    rolldownOptions: { input: ['index.html', 'offline.html'] },
    // Hashed names: cached for a year (wificore/web/).
    assetsDir: 'assets',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  test: {
    environment: 'happy-dom',
    include: ['{src,build,stories}/**/*.test.ts'],
    restoreMocks: true,
  },
})
