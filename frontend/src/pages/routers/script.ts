// The set-up of a MikroTik router, to be pasted into its terminal (RouterOS 6.48 and 7).

export interface Server {
  host: string
  auth_port: number
  acct_port: number
}

export interface Router {
  secret: string
  coa_port: number
  name: string
  require_message_authenticator: boolean
}

/** A string of RouterOS: `"`, `\` and `$` have a meaning inside. */
export function quoted(text: string): string {
  return `"${text.replace(/["\\$]/g, '\\$&')}"`
}

/** RouterOS wants an address; a name is looked up when the script runs. */
export function address(host: string): string {
  return /^[\d.]+$|:/.test(host) ? host : `[:resolve ${quoted(host)}]`
}

/** Safe to paste twice: what it made before goes first. */
export function routerScript(server: Server, router: Router): string {
  const ports = `authentication-port=${server.auth_port} accounting-port=${server.acct_port}`
  return [
    `# WifiCore RADIUS: ${router.name.replace(/[^\x20-\x7e]/g, '?')}`,
    '/radius remove [find comment="wificore"]',
    `/radius add comment="wificore" service=hotspot,ppp address=${address(server.host)} ` +
      `${ports} secret=${quoted(router.secret)} timeout=3s`,
    `/radius incoming set accept=yes port=${router.coa_port}`,
    '/ip hotspot profile set [find] use-radius=yes radius-accounting=yes radius-interim-update=5m',
    '/ppp aaa set use-radius=yes accounting=yes interim-update=5m',
    '',
  ].join('\n')
}

const LETTERS = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'

/** 24 letters and figures without look-alikes: 138 bits. */
export function newSecret(length = 24): string {
  const most = Math.floor(256 / LETTERS.length) * LETTERS.length
  let made = ''
  while (made.length < length) {
    const [byte = 255] = crypto.getRandomValues(new Uint8Array(1))
    if (byte < most) made += LETTERS[byte % LETTERS.length]
  }
  return made
}
