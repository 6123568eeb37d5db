// The page that the service worker shows when there is no network: it comes from the cache, so it
// knows nothing of a tenant and nothing of who was signed in.

import '../style.css'

import english from './en.json'
import swahili from './sw.json'

const language = /(?:^|; )django_language=sw/.test(document.cookie)
  ? 'sw'
  : document.cookie.includes('django_language=') || !navigator.language.startsWith('sw')
    ? 'en'
    : 'sw'
const words = language === 'sw' ? swahili : english

function element(name: string, classes: string, text = ''): HTMLElement {
  const made = document.createElement(name)
  made.className = classes
  made.textContent = text
  return made
}

function list(title: string, lines: string[]): HTMLElement[] {
  const all = element('ul', 'mt-2 list-disc space-y-1 pl-5 text-muted')
  all.append(...lines.map((line) => element('li', '', line)))
  return [element('h2', 'mt-6 text-lg', title), all]
}

function again(): HTMLElement {
  const button = element(
    'button',
    'mt-8 min-h-11 justify-self-start rounded-control bg-brand px-4 font-semibold text-on-brand',
    words.again,
  )
  button.addEventListener('click', () => location.reload())
  return button
}

document.documentElement.lang = language
const theme = /(?:^|; )wc_theme=(light|dark)/.exec(document.cookie)?.[1]
if (theme) document.documentElement.dataset.theme = theme
document.getElementById('offline')?.append(
  element('h1', 'text-2xl', words.title),
  element('p', 'mt-2 text-muted', words.text),
  ...list(words.works, words.worksLines),
  ...list(words.waits, words.waitsLines),
  again(),
)
// It goes on by itself.
window.addEventListener('online', () => location.reload())
