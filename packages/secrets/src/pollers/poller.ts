/// <reference lib="esnext.disposable" preserve="true" />
import type { AbortSignalLike } from '../options.js'

/** How far an operation has come. */
export interface PollOperationState<TResult> {
  isStarted?: boolean
  isCompleted?: boolean
  isCancelled?: boolean
  /** What the last poll failed with. */
  error?: Error
  /** Absent until the operation is done. */
  result?: TResult
}

/**
 * Follows an operation that the vault completes in its own time. Not a promise: `await` on it yields itself, and
 * {@link PollerLike.pollUntilDone} waits for the result.
 */
export interface PollerLike<TState extends PollOperationState<TResult>, TResult> {
  /** Asks the vault once. */
  poll(options?: { abortSignal?: AbortSignalLike }): Promise<void>
  /** Asks until the operation is done, and returns its result. */
  pollUntilDone(options?: { abortSignal?: AbortSignalLike }): Promise<TResult>
  /** Calls back after each poll, until the returned function is called. */
  onProgress(callback: (state: TState) => void): () => void
  isDone(): boolean
  /** Ends a {@link PollerLike.pollUntilDone} under way with a `PollerStoppedError`. The operation itself goes on. */
  stopPolling(): void
  /** `false` only while {@link PollerLike.pollUntilDone} is at work. */
  isStopped(): boolean
  /** Rejects: the service can cancel neither a deletion nor a recovery. */
  cancelOperation(options?: { abortSignal?: AbortSignalLike }): Promise<void>
  getOperationState(): TState
  /** `undefined` until the operation is done. */
  getResult(): TResult | undefined
  /** Text from which `resumeFrom` makes an equal poller, in this process or another. */
  toString(): string
}

/** A poller of {@link SecretClient}; `for await` yields the state after each poll. */
export interface SecretPoller<TResult>
  extends PollerLike<PollOperationState<TResult>, TResult>,
    AsyncIterable<PollOperationState<TResult>> {}

/** {@link PollerLike.stopPolling} was called. */
export class PollerStoppedError extends Error {
  override readonly name = 'PollerStoppedError'
}
