// What the page itself says about the host it came from (wificore/web/boot.py).

export interface Boot {
  kind: 'tenant' | 'platform'
  name: string
  slug: string
  zone: string
  /** A signed address; null: the platform's own mark. */
  logo: string | null
  /** `#rrggbb`; empty: the platform's own. */
  colour: string
  live: { key: string; port: number } | null
  /** ISO 4217: in which amounts are. */
  currency: string
}

const NOTHING: Boot = {
  kind: 'tenant',
  name: 'WifiCore',
  slug: '',
  zone: 'UTC',
  logo: null,
  colour: '',
  live: null,
  currency: 'KES',
}

function read(): Boot {
  const text = document.getElementById('boot')?.textContent
  return text ? { ...NOTHING, ...(JSON.parse(text) as Partial<Boot>) } : NOTHING
}

export const boot = read()
export const onPlatform = boot.kind === 'platform'
