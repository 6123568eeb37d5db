// The service worker, with the list of the files that this build has (ADR 26 and 34).
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import type { Plugin } from 'vite'

const WORKER = join(import.meta.dirname, '../src/offline/worker.js')
const OFFLINE = 'offline.html'
// Pages come from Django, each host its own; the stock client is for pages outside the client.
const LEFT_OUT = /(^index\.html|^manifest\.json|pusher\.min\.js|\.map)$/

export function listed(names: string[]): string[] {
  return names
    .filter((name) => (name.startsWith('assets/') || name === OFFLINE) && !LEFT_OUT.test(name))
    .map((name) => `/${name}`)
    .sort()
}

export function filled(worker: string, files: string[], contents: string): string {
  const version = createHash('sha256').update(contents).digest('hex').slice(0, 12)
  return worker
    .replace('self.__FILES__', JSON.stringify(files))
    .replace('self.__VERSION__', JSON.stringify(version))
}

export function offline(): Plugin {
  return {
    name: 'wificore-offline',
    apply: 'build',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const page = bundle[OFFLINE]
        const files = listed([...Object.keys(bundle), OFFLINE].filter((name, at, all) => all.indexOf(name) === at))
        // Assets have their content in their names; the page has not.
        const contents = [...files, page?.type === 'asset' ? String(page.source) : ''].join('\n')
        const source = filled(readFileSync(WORKER, 'utf8'), files, contents)
        this.emitFile({ type: 'asset', fileName: 'sw.js', source })
      },
    },
  }
}
