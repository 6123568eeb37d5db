// What happens at kiosks, while a page is open.

import { useSession } from '@/auth/session'
import { useLive } from '@/live/live'

export function useKioskNews(renew: () => void): void {
  if (!useSession().can('water.transaction.view')) return
  useLive('water', {
    'water.dispensed': renew,
    'water.quarantined': renew,
    resync: renew,
  })
}
