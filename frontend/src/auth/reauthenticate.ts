// Changing a factor or a password asks who one is once more, if the last time is long ago.

import { shallowRef } from 'vue'

import { ask, type Answer, type Flow } from './allauth'

export interface Challenge {
  flows: Flow[]
  done: (proved: boolean) => void
}

/** What the dialog in the frame asks for. */
export const challenge = shallowRef<Challenge | null>(null)

function prove(flows: Flow[]): Promise<boolean> {
  return new Promise((resolve) => {
    challenge.value = {
      flows,
      done: (proved) => {
        challenge.value = null
        resolve(proved)
      },
    }
  })
}

/** Asks; if the answer is "prove yourself first", lets that happen and asks again. */
export async function askProved<T>(
  path: string,
  method = 'GET',
  body?: unknown,
): Promise<Answer<T> | null> {
  const answer = await ask<T>(path, method, body)
  const flows = answer.flows.filter((flow) => flow.id.endsWith('reauthenticate'))
  if (answer.status !== 401 || !flows.length) return answer
  return (await prove(flows)) ? ask<T>(path, method, body) : null
}
