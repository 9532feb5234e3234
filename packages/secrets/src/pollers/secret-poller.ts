import type { AbortSignalLike } from '../options.js'
import type { Call, CallLimits } from '../pipeline/calls.js'
import { delay } from '../pipeline/delay.js'
import { nextPollDelay } from './poll-schedule.js'
import { PollerStoppedError, type PollOperationState, type SecretPoller } from './poller.js'

/** What one look at the vault showed. */
export type Progress<TResult> = { done: true; result: TResult } | { done: false; retryAfterInMs?: number | undefined }

export interface PollerParts<TResult> {
  /** Absent if the operation is not done yet. */
  result?: TResult | undefined
  check(call: Call): Promise<Progress<TResult>>
  run<T>(limits: CallLimits, work: (call: Call) => Promise<T>): Promise<T>
  intervalInMs?: number | undefined
  abortSignal?: AbortSignalLike | undefined
  /** For messages: `deletion`, `recovery`. */
  what: string
  /** What {@link PollerLike.toString} gives. */
  serialize(state: PollOperationState<TResult>): string
}

export function secretPoller<TResult>(parts: PollerParts<TResult>): SecretPoller<TResult> {
  const state: PollOperationState<TResult> = { isStarted: true, isCompleted: parts.result !== undefined }
  if (parts.result !== undefined) state.result = parts.result
  const listeners = new Set<(state: PollOperationState<TResult>) => void>()
  let polls = 0
  let retryAfterInMs: number | undefined
  let polling: Promise<void> | undefined
  let untilDone: { promise: Promise<TResult>; stop: AbortController } | undefined

  function pollOnce(call: Call): Promise<void> {
    // Two who ask at the same time ask once.
    polling ??= check(call).finally(() => {
      polling = undefined
    })
    return polling
  }

  async function check(call: Call): Promise<void> {
    try {
      const progress = await parts.check(call)
      polls++
      delete state.error
      if (progress.done) {
        state.isCompleted = true
        state.result = progress.result
      } else {
        retryAfterInMs = progress.retryAfterInMs
      }
    } catch (error) {
      if (error instanceof Error) state.error = error
      throw error
    }
    for (const listener of listeners) listener(state)
  }

  async function work(call: Call, stop: AbortSignal): Promise<TResult> {
    while (!state.isCompleted) {
      if (stop.aborted) throw stopped()
      await pollOnce(call)
      if (state.isCompleted) break
      await pause(call, stop)
    }
    return state.result as TResult
  }

  /** Waits for the next poll; the end of the call and the wish to stop both cut it short. */
  async function pause(call: Call, stop: AbortSignal): Promise<void> {
    const wake = new AbortController()
    const cut = () => wake.abort()
    call.signal.addEventListener('abort', cut)
    stop.addEventListener('abort', cut)
    try {
      await delay(nextPollDelay(polls, parts.intervalInMs, retryAfterInMs), wake.signal)
    } catch (error) {
      throw stop.aborted ? stopped() : error
    } finally {
      call.signal.removeEventListener('abort', cut)
      stop.removeEventListener('abort', cut)
    }
  }

  const stopped = () => new PollerStoppedError(`Polling of the ${parts.what} was stopped.`)
  const signalOf = (options?: { abortSignal?: AbortSignalLike }) => options?.abortSignal ?? parts.abortSignal

  return {
    async poll(options) {
      if (state.isCompleted) return
      await parts.run({ abortSignal: signalOf(options) }, pollOnce)
    },
    pollUntilDone(options) {
      if (state.isCompleted) return Promise.resolve(state.result as TResult)
      if (untilDone === undefined) {
        const stop = new AbortController()
        const promise = parts.run({ abortSignal: signalOf(options) }, (call) => work(call, stop.signal))
        const running = { promise, stop }
        untilDone = running
        const end = () => {
          if (untilDone === running) untilDone = undefined
        }
        promise.then(end, end)
      }
      return untilDone.promise
    },
    onProgress(callback) {
      listeners.add(callback)
      return () => {
        listeners.delete(callback)
      }
    },
    isDone: () => state.isCompleted === true,
    stopPolling() {
      untilDone?.stop.abort()
      untilDone = undefined
    },
    isStopped: () => untilDone === undefined,
    async cancelOperation() {
      throw new Error(`A ${parts.what} cannot be cancelled.`)
    },
    getOperationState: () => state,
    getResult: () => (state.isCompleted ? state.result : undefined),
    toString: () => parts.serialize(state),
    async *[Symbol.asyncIterator]() {
      while (!state.isCompleted) {
        await parts.run({ abortSignal: signalOf() }, pollOnce)
        yield state
        if (!state.isCompleted) {
          await parts.run({ abortSignal: signalOf() }, (call) =>
            delay(nextPollDelay(polls, parts.intervalInMs, retryAfterInMs), call.signal),
          )
        }
      }
    },
  }
}
