// Writes .gz and .br beside what compresses well, so that servers only send bytes.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

import type { Plugin } from 'vite'

const TEXT = /\.(js|css|svg|json|webmanifest)$/
const TOO_SMALL = 1024

function files(directory: string): string[] {
  return readdirSync(directory).flatMap((name) => {
    const path = join(directory, name)
    return statSync(path).isDirectory() ? files(path) : [path]
  })
}

export function compress(): Plugin {
  let out = ''
  return {
    name: 'wificore-compress',
    apply: 'build',
    enforce: 'post',
    configResolved: (config) => {
      out = config.build.outDir
    },
    closeBundle: {
      order: 'post',
      sequential: true,
      handler() {
        for (const path of files(out).filter((path) => TEXT.test(path))) {
          const content = readFileSync(path)
          if (content.length < TOO_SMALL) continue
          writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }))
          const quality = { [constants.BROTLI_PARAM_QUALITY]: 11 }
          writeFileSync(`${path}.br`, brotliCompressSync(content, { params: quality }))
        }
      },
    },
  }
}
