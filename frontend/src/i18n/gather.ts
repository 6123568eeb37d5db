// `../pages/customers/en.json` becomes the words under `customers`.

import type { Words } from '.'

export function gather(frame: Words, areas: Record<string, Words>): Words {
  const all: Words = { ...frame }
  for (const [path, words] of Object.entries(areas)) {
    const name = path.split('/').at(-2) ?? ''
    all[name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())] = words
  }
  return all
}
