// The running platform as `var/stack.json` tells of it; STACK names the file.
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { request } from 'node:http'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

export interface Login {
  email: string
  password: string
}

export interface DemoTenant {
  slug: string
  host: string
  owner: Login & { token: string }
  clerk: Login
  nas: { ip: string; secret: string }[]
  subscribers: { username: string; password: string; plan: string }[]
  mpesa: { shortcode: string; callback_token: string }
}

interface Stack {
  web: { url: string }
  radius: { host: string; auth_port: number; acct_port: number }
  platform: Login & { host: string; token: string }
  tenants: DemoTenant[]
}

const file = process.env.STACK ?? '../var/stack.json'
export const stack = JSON.parse(readFileSync(file, 'utf8')) as Stack
export const port = new URL(stack.web.url).port

export function tenant(slug = 'acme'): DemoTenant {
  const found = stack.tenants.find((one) => one.slug === slug)
  if (!found) throw new Error(`${file} knows no tenant ${slug}`)
  return found
}

/** Demo staff besides owner and clerk (wificore/demo/people.py). */
export function colleague(name: string, { slug }: DemoTenant = tenant()): Login {
  return { email: `${name}@${slug}.test`, password: `${slug}-${name}-password` }
}

/** A call as acme's owner, or as who else has a token at a host (`stack.platform`). */
export async function call<T>(
  method: string,
  path: string,
  body?: unknown,
  at: { host: string; token: string; scheme?: 'Token' | 'Support' } = { host: tenant().host, token: tenant().owner.token },
): Promise<T> {
  return new Promise((resolve, reject) => {
    const headers = {
      Host: at.host,
      ...(at.token ? { Authorization: `${at.scheme ?? 'Token'} ${at.token}` } : {}),
      'Content-Type': 'application/json',
      // What moves money wants one; nobody else minds.
      ...(method === 'POST' ? { 'Idempotency-Key': randomUUID() } : {}),
    }
    const sent = request(stack.web.url + path, { method, headers }, (answer) => {
      let text = ''
      answer.on('data', (part: Buffer) => (text += part.toString()))
      answer.on('end', () => {
        if ((answer.statusCode ?? 500) >= 400) reject(new Error(`${method} ${path}: ${text}`))
        else resolve((text ? JSON.parse(text) : null) as T)
      })
    })
    sent.on('error', reject)
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

/** What a provider's server posts to ours: it has no token. */
export async function tell(host: string, path: string, body: unknown): Promise<void> {
  await call('POST', path, body, { host, token: '' })
}

/** What a router sends (FreeRADIUS' own client): the answer's name, `` if there is none. */
export async function radius(
  kind: 'auth' | 'acct',
  nas: { ip: string; secret: string },
  attributes: Record<string, string>,
): Promise<string> {
  const at = `${stack.radius.host}:${kind === 'auth' ? stack.radius.auth_port : stack.radius.acct_port}`
  const all = {
    'Packet-Src-IP-Address': nas.ip,
    ...(kind === 'auth' ? { 'Message-Authenticator': '0x00' } : {}),
    ...attributes,
  }
  const input = Object.entries(all)
    .map(([name, value]) => `${name}="${value}"`)
    .join(',')
  const run = promisify(execFile)('radclient', ['-r', '3', '-t', '2', at, kind, nas.secret])
  run.child.stdin?.end(input)
  const { stdout } = await run.catch((error: { stdout: string }) => error)
  return /Received (\S+)/.exec(stdout)?.[1] ?? ''
}

/** The link in a mail to this person, which development writes into a file; `` while there is none. */
export function linkMailedTo(email: string, path: string): string {
  const folder = join(dirname(file), 'mail')
  for (const name of readdirSync(folder, { recursive: false }) as string[]) {
    const text = readFileSync(join(folder, name), 'utf8')
    const link = new RegExp(`https?://\\S+${path}\\S*`).exec(text)?.[0]
    if (text.includes(email) && link) return link
  }
  return ''
}
