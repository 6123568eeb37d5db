import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import english from './words.en'
import swahili from './words.sw'

const SOURCE = join(import.meta.dirname, '..')

function keys(words: object, prefix = ''): string[] {
  return Object.entries(words).flatMap(([name, value]) =>
    typeof value === 'object' ? keys(value as object, `${prefix}${name}.`) : [prefix + name],
  )
}

function files(directory: string): string[] {
  return readdirSync(directory).flatMap((name) => {
    const path = join(directory, name)
    if (statSync(path).isDirectory()) return files(path)
    return /\.(vue|ts)$/.test(name) && !name.endsWith('.test.ts') ? [path] : []
  })
}

const known = new Set(keys(english))
const beginnings = new Set(
  [...known].flatMap((key) => key.split('.').map((_, n, parts) => parts.slice(0, n).join('.'))),
)
const used = files(SOURCE).flatMap((path) =>
  [...readFileSync(path, 'utf8').matchAll(/\b\$?t\(\s*(['`])([\w.${}]+)\1/g)].map((match) => ({
    path: path.slice(SOURCE.length + 1),
    key: match[2] ?? '',
  })),
)
const titles = files(SOURCE)
  .filter((path) => path.endsWith('routes.ts'))
  .flatMap((path) => [...readFileSync(path, 'utf8').matchAll(/title: '([\w.]+)'/g)])
  .map((match) => match[1] ?? '')

describe('words', () => {
  test('both languages have the same', () => {
    expect(keys(swahili).sort()).toEqual(keys(english).sort())
  })

  test('every word that the code asks for is there', () => {
    const missing = used.filter(({ key }) =>
      key.includes('${') ? !beginnings.has(key.split('.${')[0] ?? '') : !known.has(key),
    )
    expect(missing).toEqual([])
  })

  test('every page has a title', () => {
    expect(titles.filter((title) => !known.has(title))).toEqual([])
  })

  test('what stands in braces is the same in both', () => {
    const braces = (words: object) =>
      Object.fromEntries(
        keys(words).map((key) => {
          const text = key.split('.').reduce<unknown>((at, name) => (at as never)[name], words)
          return [key, [...new Set(String(text).match(/\{\w+\}/g) ?? [])].sort()]
        }),
      )
    expect(braces(swahili)).toEqual(braces(english))
  })
})
