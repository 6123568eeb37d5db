// Loaded after the first page: the Pusher client and laravel-echo, pointed at our own sockets.

import Echo from 'laravel-echo'
import Pusher from 'pusher-js'

export default function connect(
  at: { key: string; port: number },
  csrf: () => string,
): Echo<'pusher'> {
  const secure = location.protocol === 'https:'
  const port = at.port || Number(location.port) || (secure ? 443 : 80)
  return new Echo({
    broadcaster: 'pusher',
    Pusher,
    key: at.key,
    cluster: '',
    wsHost: location.hostname,
    wsPort: port,
    wssPort: port,
    forceTLS: secure,
    enabledTransports: ['ws', 'wss'],
    disableStats: true,
    channelAuthorization: {
      transport: 'ajax',
      endpoint: '/broadcasting/auth',
      headersProvider: () => ({ 'X-CSRFToken': csrf() }),
    },
  })
}
