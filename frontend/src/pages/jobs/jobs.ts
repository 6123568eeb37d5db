// Jobs of this host, and what the channel `jobs` says of open ones (docs/asyncapi.yaml).

import { api, platform, send, type Tenant } from '@/api/client'
import { onPlatform } from '@/app/boot'
import type { ListQuery } from '@/ui/list/list'
import type { Tone } from '@/ui/AppBadge.vue'

export type Job = Tenant['Job']
export type Progress = Pick<Job, 'id' | 'state' | 'done' | 'total' | 'note'>

export const TONES: Record<string, Tone> = {
  queued: 'neutral',
  running: 'info',
  done: 'good',
  failed: 'bad',
}

export function listJobs(query: ListQuery, signal: AbortSignal) {
  return onPlatform
    ? platform.GET('/api/platform/jobs/', { params: { query }, signal })
    : api.GET('/api/v1/jobs/', { params: { query }, signal })
}

export function loadJob(id: string): Promise<Job> {
  const path = { id }
  return onPlatform
    ? send(platform.GET('/api/platform/jobs/{id}/', { params: { path } }))
    : send(api.GET('/api/v1/jobs/{id}/', { params: { path } }))
}

export function isOver(job: Pick<Job, 'state'>): boolean {
  return job.state === 'done' || job.state === 'failed'
}

/** The same rows, moved on; one that is over already stays as it is. */
export function moved(rows: Job[], news: Progress[]): Job[] {
  const newer = new Map(news.map((one) => [one.id, one]))
  return rows.map((row) => {
    const now = newer.get(row.id)
    if (!now || isOver(row)) return row
    const { state, done, total, note } = now
    return { ...row, state, done, total, note }
  })
}
