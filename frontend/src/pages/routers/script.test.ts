import { expect, test } from 'vitest'

import { address, newSecret, quoted, routerScript } from './script'

const server = { host: '192.0.2.1', auth_port: 1812, acct_port: 1813 }
const router = { name: 'Tower', secret: 'a$b"c', coa_port: 3799, require_message_authenticator: true }

test('the script names the server, its ports and the secret', () => {
  const script = routerScript(server, router)
  expect(script).toContain('address=192.0.2.1 authentication-port=1812 accounting-port=1813')
  expect(script).toContain('secret="a\\$b\\"c"')
  expect(script).toContain('/radius incoming set accept=yes port=3799')
})

test('pasted twice it leaves one entry', () => {
  const lines = routerScript(server, router).split('\n')
  const removed = lines.findIndex((line) => line.startsWith('/radius remove'))
  expect(removed).toBeLessThan(lines.findIndex((line) => line.startsWith('/radius add')))
})

test('a name is looked up, an address is not', () => {
  expect(address('2001:db8::1')).toBe('2001:db8::1')
  expect(address('acme.example')).toBe('[:resolve "acme.example"]')
})

test('a name cannot end its comment and begin a command', () => {
  const script = routerScript(server, { ...router, name: 'x\n/system reset' })
  expect(script.split('\n')[0]).toBe('# WifiCore RADIUS: x?/system reset')
})

test('secrets are long, plain and never the same', () => {
  expect(newSecret()).toMatch(/^[a-zA-Z2-9]{24}$/)
  expect(newSecret()).not.toBe(newSecret())
  expect(quoted('a\\b')).toBe('"a\\\\b"')
})
