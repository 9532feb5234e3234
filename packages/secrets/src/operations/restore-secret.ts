import type { SecretBundle } from '@strongroom/protocol'
import { toBase64Url } from '../base64url.js'
import { ResourceExistsError, RestError } from '../errors/rest-error.js'
import { propertiesOf } from '../models/from-wire.js'
import { type KeyVaultSecretIdentifier, tryParseKeyVaultSecretIdentifier } from '../models/identifier.js'
import type { SecretProperties } from '../models/secret-properties.js'
import type { OperationOptions } from '../options.js'
import type { Call } from '../pipeline/calls.js'
import type { Track, Wire } from './wire.js'

/** Restores a backup. A conflict after a lost answer is looked into: it may be our own success. */
export async function restoreSecret(
  wire: Wire,
  backup: Uint8Array,
  options: OperationOptions,
  call: Call,
): Promise<SecretProperties> {
  const track: Track = {}
  try {
    return await wire.ask<SecretBundle, SecretProperties>(
      { operation: 'restore', method: 'POST', path: '/secrets/restore', body: { value: toBase64Url(backup) } },
      options,
      call,
      ({ body }) => propertiesOf(body),
      track,
    )
  } catch (error) {
    if (!(error instanceof ResourceExistsError) || !track.mayHaveActed) throw error
    const restored = await findRestored(wire, error.message, options, call)
    if (restored === undefined) throw error
    return restored
  }
}

/** What a conflict is about. A backup does not tell its name; the refusal does, as the id of a version. */
export function conflictingSecret(message: string): KeyVaultSecretIdentifier | undefined {
  const id = /https?:\/\/[^\s'"]+/.exec(message)?.[0]
  return id === undefined ? undefined : tryParseKeyVaultSecretIdentifier(id)
}

async function findRestored(
  wire: Wire,
  message: string,
  options: OperationOptions,
  call: Call,
): Promise<SecretProperties | undefined> {
  const identifier = conflictingSecret(message)
  if (identifier?.version === undefined) return undefined
  const { onResponse: _, clientRequestId: __, ...rest } = options
  try {
    const path = `/secrets/${identifier.name}/`
    const get = { operation: 'get', method: 'GET', path } as const
    const properties = await wire.ask<SecretBundle, SecretProperties>(get, rest, call, ({ body }) => propertiesOf(body))
    return properties.version === identifier.version ? properties : undefined
  } catch (error) {
    if (error instanceof RestError) return undefined
    throw error
  }
}
