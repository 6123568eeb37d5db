// What `private-sessions` says of the sessions that are shown (docs/asyncapi.yaml).

import { ref, type Ref } from 'vue'

import type { Tenant } from '@/api/client'

type Session = Tenant['Session']

export interface Snapshot {
  active: number
  input_octets: number
  output_octets: number
  sessions: Pick<
    Session,
    'id' | 'duration_s' | 'input_octets' | 'output_octets' | 'updated_at'
  >[]
}

export function useTotals(): Ref<Snapshot | null> {
  return ref(null)
}

/** The same rows with what the snapshot knows newer; rows that it does not name stay. */
export function moved(rows: Session[], snapshot: Snapshot): Session[] {
  const newer = new Map(snapshot.sessions.map((row) => [row.id, row]))
  return rows.map((row) => {
    const now = newer.get(row.id)
    return now && now.updated_at >= row.updated_at ? { ...row, ...now } : row
  })
}
