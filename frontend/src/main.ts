import './style.css'

import { createPinia } from 'pinia'
import { createApp } from 'vue'

import App from './App.vue'
import { router } from './app/router'
import { asLanguage, i18n, speak } from './i18n'
import { startQueue } from './offline/here'
import { registerWorker } from './offline/update'

async function start(): Promise<void> {
  await speak(asLanguage(document.documentElement.lang))
  const app = createApp(App)
  app.use(createPinia()).use(i18n).use(router)
  await router.isReady()
  app.mount('#app')
  startQueue()
  void registerWorker()
}

// After a release the names of files change: a page that was open loads anew.
window.addEventListener('vite:preloadError', () => location.reload())
// Back after signing out: a page that the browser kept whole would still show what was on it.
window.addEventListener('pageshow', (event) => event.persisted && location.reload())
void start()
