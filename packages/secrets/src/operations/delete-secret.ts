import type { DeletedSecretBundle } from '@strongroom/protocol'
import { ForbiddenError, ResourceNotFoundError } from '../errors/rest-error.js'
import type { DeletedSecret } from '../models/deleted-secret.js'
import { deletedSecretFromBundle } from '../models/from-wire.js'
import type { BeginDeleteSecretOptions, OperationOptions } from '../options.js'
import type { Call } from '../pipeline/calls.js'
import { retryAfter } from '../pipeline/retry-decision.js'
import type { SecretPoller } from '../pollers/poller.js'
import { loadPoller, savePoller } from '../pollers/poller-state.js'
import { type Progress, secretPoller } from '../pollers/secret-poller.js'
import type { Track, Wire } from './wire.js'

/** Deletes a secret, or goes on with a deletion, and follows it until the deleted secret can be seen. */
export async function beginDeleteSecret(
  wire: Wire,
  name: string,
  options: BeginDeleteSecretOptions,
): Promise<SecretPoller<DeletedSecret>> {
  const saved = options.resumeFrom === undefined ? undefined : loadPoller<DeletedSecret>(options.resumeFrom, name)
  const started = saved?.isStarted
    ? saved.result
    : await wire.run(options, (call) => startDeletion(wire, name, options, call))
  // A vault without soft delete has nothing to wait for.
  const finished = saved?.isCompleted || (started !== undefined && started.recoveryId === undefined)

  const poller = secretPoller<DeletedSecret>({
    what: 'deletion',
    result: finished ? started : undefined,
    check: (call) => checkDeletion(wire, name, started, options, call),
    run: (limits, work) => wire.run(limits, work),
    intervalInMs: options.intervalInMs,
    abortSignal: options.abortSignal,
    serialize: ({ isStarted = true, isCompleted = false, result = started }) =>
      savePoller({ name, isStarted, isCompleted, ...(result !== undefined && { result }) }),
  })
  if (saved?.isStarted && !poller.isDone()) await poller.poll()
  return poller
}

/** `undefined` if the answer was lost and the secret is gone. */
async function startDeletion(
  wire: Wire,
  name: string,
  options: OperationOptions,
  call: Call,
): Promise<DeletedSecret | undefined> {
  const track: Track = {}
  try {
    return await wire.ask<DeletedSecretBundle, DeletedSecret>(
      { operation: 'delete', method: 'DELETE', path: `/secrets/${name}` },
      options,
      call,
      ({ body }) => deletedSecretFromBundle(body),
      track,
    )
  } catch (error) {
    if (error instanceof ResourceNotFoundError && track.mayHaveActed) return undefined
    throw error
  }
}

async function checkDeletion(
  wire: Wire,
  name: string,
  started: DeletedSecret | undefined,
  { requestOptions, hooks, tracingOptions, clientRequestId }: OperationOptions,
  call: Call,
): Promise<Progress<DeletedSecret>> {
  try {
    const result = await wire.ask<DeletedSecretBundle, DeletedSecret>(
      { operation: 'getDeleted', method: 'GET', path: `/deletedsecrets/${name}` },
      { requestOptions, hooks, tracingOptions, clientRequestId },
      call,
      ({ body }) => deletedSecretFromBundle(body),
    )
    return { done: true, result }
  } catch (error) {
    if (error instanceof ResourceNotFoundError) {
      return { done: false, retryAfterInMs: error.response && retryAfter(error.response.headers, Date.now()) }
    }
    // It is there, and this caller may not see it.
    if (error instanceof ForbiddenError) {
      return { done: true, result: started ?? { name, properties: { name, vaultUrl: wire.origin } } }
    }
    throw error
  }
}
