// In development too, the page says at whose host it is: asked of Django, like the real one.
import { readFileSync } from 'node:fs'
import { get, type IncomingHttpHeaders } from 'node:http'
import { join } from 'node:path'

import type { Plugin } from 'vite'

interface Page {
  boot: string
  cookies: string[]
}

const BOOT = /<script id="boot"[^>]*>.*?<\/script>/

function ask(django: string, headers: IncomingHttpHeaders): Promise<Page> {
  const { host, cookie = '' } = headers
  return new Promise((resolve, reject) => {
    get(django, { headers: { host, cookie, accept: 'text/html' } }, (answer) => {
      let text = ''
      answer.on('data', (part: Buffer) => (text += part.toString()))
      answer.on('end', () =>
        resolve({ boot: BOOT.exec(text)?.[0] ?? '', cookies: answer.headers['set-cookie'] ?? [] }),
      )
    }).on('error', reject)
  })
}

export function djangosPage(django: string): Plugin {
  return {
    name: 'wificore-djangos-page',
    apply: 'serve',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const { url = '/', method, headers } = request
        const ours = /^\/(@|src|node_modules|api|_allauth|admin|static|files|broadcasting)/.test(url)
        if (method !== 'GET' || ours || !headers.accept?.includes('text/html')) return next()
        Promise.all([
          server.transformIndexHtml(url, readFileSync(join(server.config.root, 'index.html'), 'utf8')),
          ask(django, headers),
        ])
          .then(([html, { boot, cookies }]) => {
            response.setHeader('Content-Type', 'text/html; charset=utf-8')
            response.setHeader('Set-Cookie', cookies)
            response.end(html.replace('<!--boot-->', boot))
          })
          .catch(next)
      })
    },
  }
}
