import type { SecretBundle } from '@strongroom/protocol'
import { ForbiddenError, ResourceNotFoundError, RestError, SecretDisabledError } from '../errors/rest-error.js'
import { propertiesOf } from '../models/from-wire.js'
import type { SecretProperties } from '../models/secret-properties.js'
import type { BeginRecoverDeletedSecretOptions, OperationOptions } from '../options.js'
import type { Call } from '../pipeline/calls.js'
import { retryAfter } from '../pipeline/retry-decision.js'
import type { SecretPoller } from '../pollers/poller.js'
import { loadPoller, savePoller } from '../pollers/poller-state.js'
import { type Progress, secretPoller } from '../pollers/secret-poller.js'
import type { Wire } from './wire.js'

/** Recovers a deleted secret, or goes on with a recovery, and follows it until the secret can be seen. */
export async function beginRecoverDeletedSecret(
  wire: Wire,
  name: string,
  options: BeginRecoverDeletedSecretOptions,
  onDone: () => void,
): Promise<SecretPoller<SecretProperties>> {
  const saved = options.resumeFrom === undefined ? undefined : loadPoller<SecretProperties>(options.resumeFrom, name)
  const start = saved?.isStarted
    ? { started: saved.result, live: saved.isCompleted }
    : await wire.run(options, (call) => startRecovery(wire, name, options, call))
  const { started, live } = start
  if (live) onDone()

  const poller = secretPoller<SecretProperties>({
    what: 'recovery',
    result: live ? started : undefined,
    check: async (call) => {
      const progress = await checkRecovery(wire, name, started, options, call)
      if (progress.done) onDone()
      return progress
    },
    run: (limits, work) => wire.run(limits, work),
    intervalInMs: options.intervalInMs,
    abortSignal: options.abortSignal,
    serialize: ({ isStarted = true, isCompleted = false, result = started }) =>
      savePoller({ name, isStarted, isCompleted, ...(result !== undefined && { result }) }),
  })
  if (saved?.isStarted && !poller.isDone()) await poller.poll()
  return poller
}

interface Start {
  started: SecretProperties | undefined
  /** Whether the secret turned out to be live already. */
  live: boolean
}

async function startRecovery(wire: Wire, name: string, options: OperationOptions, call: Call): Promise<Start> {
  try {
    const started = await wire.ask<SecretBundle, SecretProperties>(
      { operation: 'recover', method: 'POST', path: `/deletedsecrets/${name}/recover` },
      options,
      call,
      ({ body }) => propertiesOf(body),
    )
    return { started, live: false }
  } catch (error) {
    if (!(error instanceof ResourceNotFoundError)) throw error
    // Nothing deleted of this name: perhaps because it has been recovered, by a request whose answer was lost.
    const live = await findLive(wire, name, options, call)
    if (live === undefined) throw error
    return { started: live, live: true }
  }
}

async function findLive(
  wire: Wire,
  name: string,
  options: OperationOptions,
  call: Call,
): Promise<SecretProperties | undefined> {
  try {
    return await getProperties(wire, name, options, call)
  } catch (error) {
    if (error instanceof SecretDisabledError) return { name, vaultUrl: wire.origin, enabled: false }
    if (error instanceof RestError) return undefined
    throw error
  }
}

async function checkRecovery(
  wire: Wire,
  name: string,
  started: SecretProperties | undefined,
  options: OperationOptions,
  call: Call,
): Promise<Progress<SecretProperties>> {
  try {
    return { done: true, result: await getProperties(wire, name, options, call) }
  } catch (error) {
    if (error instanceof ResourceNotFoundError) {
      return { done: false, retryAfterInMs: error.response && retryAfter(error.response.headers, Date.now()) }
    }
    // It is there, and this caller may not read it.
    if (error instanceof ForbiddenError) return { done: true, result: started ?? { name, vaultUrl: wire.origin } }
    throw error
  }
}

function getProperties(
  wire: Wire,
  name: string,
  { requestOptions, hooks, tracingOptions, clientRequestId }: OperationOptions,
  call: Call,
): Promise<SecretProperties> {
  return wire.ask<SecretBundle, SecretProperties>(
    { operation: 'get', method: 'GET', path: `/secrets/${name}/` },
    { requestOptions, hooks, tracingOptions, clientRequestId },
    call,
    ({ body }) => propertiesOf(body),
  )
}
