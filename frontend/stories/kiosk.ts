// A kiosk as the platform sees one: what it reports is signed with its key.
import { createHash, createHmac, randomUUID } from 'node:crypto'
import { request } from 'node:http'

import { call, stack, tenant } from './platform'

export interface Device {
  public_id: string
  name: string
  key_id: string
  key: string
}

interface Site {
  id: number
  name: string
}

/** A site of this story with a kiosk at it; water costs KES 0.50 a litre. */
export async function installed(name: string): Promise<{ site: Site; device: Device }> {
  const site = await call<Site>('POST', '/api/v1/sites/', { name, zone: 'Africa/Nairobi' })
  const tariff = await call<{ id: string }>('POST', '/api/v1/tariffs/', {
    name: `${name} tariff`,
    currency: 'KES',
    valid_from: '2026-01-01T00:00:00Z',
    price_micro_per_litre: 500_000,
  })
  const body = { name: `${name} kiosk`, site: site.id, tariff: tariff.id, pulses_per_litre: 450 }
  const made = await call<Omit<Device, 'name'>>('POST', '/api/v1/kiosks/', body)
  return { site, device: { ...made, name: body.name } }
}

/** POSTs what the device says; throws when it is refused. */
export async function say<T>(device: Device, path: string, body: unknown): Promise<T> {
  const text = JSON.stringify(body)
  const ts = String(Math.floor(Date.now() / 1000))
  const nonce = randomUUID()
  const digest = createHash('sha256').update(text).digest('hex')
  const signed = ['POST', path, ts, nonce, digest].join('\n')
  const headers = {
    Host: tenant().host,
    'Content-Type': 'application/json',
    'X-Kiosk': device.public_id,
    'X-Key-Id': device.key_id,
    'X-Ts': ts,
    'X-Nonce': nonce,
    'X-Signature': createHmac('sha256', device.key).update(signed).digest('hex'),
  }
  return new Promise((resolve, reject) => {
    const sent = request(stack.web.url + path, { method: 'POST', headers }, (answer) => {
      let all = ''
      answer.on('data', (part: Buffer) => (all += part.toString()))
      answer.on('end', () =>
        answer.statusCode === 200
          ? resolve(JSON.parse(all) as T)
          : reject(new Error(`${path}: ${answer.statusCode} ${all}`)),
      )
    })
    sent.on('error', reject)
    sent.end(text)
  })
}

export interface Drawn {
  seq: number
  ml: number
  /** What the meter has counted in all, with this. */
  totalizer_ml: number
  tag?: string | null
  /** What staff draw is a test. */
  mode?: 'hold' | 'staff'
  hold?: string
  pulses?: number
  stop?: string
}

const started = Date.now()

/** Records as the device keeps them, in the order given. */
export async function report(device: Device, drawn: Drawn[], health = {}) {
  const records = drawn.map(({ tag = null, mode = 'hold', stop = 'target', ...rest }) => ({
    epoch: 1,
    type: 'dispense',
    tag,
    mode,
    pulses: Math.round((rest.ml * 450) / 1000),
    dur_ms: rest.ml * 6,
    stop,
    tariff_v: 1,
    t: new Date().toISOString(),
    clk: 'synced',
    up_ms: Date.now() - started + rest.seq,
    ...rest,
  }))
  const body = { records, health: { fw: '1.4.2', bat_mv: 3920, rssi: -67, tank_pct: 71, door: 0, queue: 0, ...health } }
  const { results } = await say<{ results: { seq: number; status: string; id: string }[] }>(
    device,
    '/api/v1/kiosk/records',
    body,
  )
  return results
}

/** Asks whether this tag may draw so much; gives the hold. */
export async function authorised(device: Device, tag: string, max_ml: number): Promise<string> {
  const body = { idempotency_key: randomUUID(), tag, max_ml }
  const { hold } = await say<{ hold: string }>(device, '/api/v1/kiosk/authorise', body)
  return hold
}
