import './style.css'

import { createPinia } from 'pinia'
import { createApp } from 'vue'

import App from './App.vue'
import { router } from './app/router'
import { asLanguage, i18n, speak } from './i18n'

async function start(): Promise<void> {
  await speak(asLanguage(document.documentElement.lang))
  const app = createApp(App)
  app.use(createPinia()).use(i18n).use(router)
  await router.isReady()
  app.mount('#app')
}

// After a release the names of files change: a page that was open loads anew.
window.addEventListener('vite:preloadError', () => location.reload())
void start()
