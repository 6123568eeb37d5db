// WebAuthn between the browser and allauth, which speaks JSON with base64url.

import { ask, type Answer } from './allauth'

export const passkeysWork =
  typeof PublicKeyCredential !== 'undefined' && 'parseRequestOptionsFromJSON' in PublicKeyCredential

type Options<T> = { publicKey: T }

async function proof(options: PublicKeyCredentialRequestOptionsJSON): Promise<unknown> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options)
  const credential = await navigator.credentials.get({ publicKey })
  return (credential as PublicKeyCredential).toJSON()
}

type RequestOptions = { request_options: Options<PublicKeyCredentialRequestOptionsJSON> }
type CreationOptions = { creation_options: Options<PublicKeyCredentialCreationOptionsJSON> }

/** `login`: instead of the password. `authenticate`: as second factor. `reauthenticate`: again. */
export async function usePasskey(
  step: 'login' | 'authenticate' | 'reauthenticate',
): Promise<Answer> {
  const { data } = await ask<RequestOptions>(`auth/webauthn/${step}`)
  const credential = await proof(data.request_options.publicKey)
  return ask(`auth/webauthn/${step}`, 'POST', { credential })
}

export async function addPasskey(name: string, passwordless: boolean): Promise<Answer> {
  const query = passwordless ? '?passwordless' : ''
  const started = await ask<CreationOptions>(`account/authenticators/webauthn${query}`)
  if (started.status !== 200) return started
  const options = started.data.creation_options.publicKey
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options)
  const credential = await navigator.credentials.create({ publicKey })
  const made = (credential as PublicKeyCredential).toJSON()
  return ask('account/authenticators/webauthn', 'POST', { name, credential: made })
}
