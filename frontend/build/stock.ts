// The stock client as it is published, for pages outside the web client (/realtime/).
import { readFileSync } from 'node:fs'

import type { Plugin } from 'vite'

const PUSHER = new URL('../node_modules/pusher-js/dist/web/pusher.min.js', import.meta.url)

export function stock(): Plugin {
  return {
    name: 'wificore-stock',
    apply: 'build',
    generateBundle() {
      this.emitFile({
        type: 'asset',
        fileName: 'assets/pusher.min.js',
        source: readFileSync(PUSHER),
      })
    },
  }
}
