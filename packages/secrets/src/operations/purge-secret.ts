import { ForbiddenError, ResourceNotFoundError } from '../errors/rest-error.js'
import type { OperationOptions } from '../options.js'
import type { Call } from '../pipeline/calls.js'
import { delay } from '../pipeline/delay.js'
import { nextPollDelay } from '../pollers/poll-schedule.js'
import type { Track, Wire } from './wire.js'

export async function purgeDeletedSecret(
  wire: Wire,
  name: string,
  options: OperationOptions,
  call: Call,
): Promise<void> {
  const track: Track = {}
  try {
    await wire.ask<undefined, void>(
      { operation: 'purge', method: 'DELETE', path: `/deletedsecrets/${name}` },
      options,
      call,
      () => {},
      track,
    )
  } catch (error) {
    // Repeated after a lost answer: the first time did it.
    if (error instanceof ResourceNotFoundError && track.mayHaveActed) return
    throw error
  }
}

/** Waits until nothing is left to see of a purged secret. */
export async function untilPurged(wire: Wire, name: string, options: OperationOptions, call: Call): Promise<void> {
  const { requestOptions, hooks, tracingOptions } = options
  for (let polls = 1; ; polls++) {
    try {
      await wire.ask<unknown, void>(
        { operation: 'getDeleted', method: 'GET', path: `/deletedsecrets/${name}` },
        { requestOptions, hooks, tracingOptions },
        call,
        () => {},
      )
    } catch (error) {
      if (error instanceof ResourceNotFoundError) return
      // Whoever may not look cannot wait; writes to the name still wait where they are refused.
      if (error instanceof ForbiddenError) return
      throw error
    }
    await delay(nextPollDelay(polls, undefined, undefined), call.signal)
  }
}
