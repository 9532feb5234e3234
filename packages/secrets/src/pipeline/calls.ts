import { AbortError } from '../errors/abort-error.js'
import { DeadlineExceededError } from '../errors/rest-error.js'
import type { AbortSignalLike } from '../options.js'

/** One operation under way: its signal, and the reason should it fire. */
export interface Call {
  readonly signal: AbortSignal
  readonly deadline?: number
}

export interface CallLimits {
  abortSignal?: AbortSignalLike | undefined
  deadlineInMs?: number | undefined
}

/** The operations under way of one client: each ends at its caller's wish, at its deadline, or when all are ended. */
export interface Calls {
  run<T>(limits: CallLimits, work: (call: Call) => Promise<T>): Promise<T>
  /** Ends all, and refuses new ones. */
  close(): void
}

export function calls(): Calls {
  const underWay = new Set<AbortController>()
  let closed = false

  return {
    async run({ abortSignal, deadlineInMs }, work) {
      if (closed) throw new AbortError('The client is closed.')
      if (abortSignal?.aborted) throw new AbortError()
      const controller = new AbortController()
      let overdue = false
      const abort = () => controller.abort()
      const end = () => {
        overdue = true
        abort()
      }
      const timer = deadlineInMs === undefined ? undefined : setTimeout(end, Math.max(0, deadlineInMs))
      abortSignal?.addEventListener('abort', abort)
      underWay.add(controller)
      try {
        const deadline = deadlineInMs === undefined ? {} : { deadline: Date.now() + deadlineInMs }
        return await work({ signal: controller.signal, ...deadline })
      } catch (error) {
        if (!controller.signal.aborted || !(error instanceof AbortError)) throw error
        if (overdue) {
          throw new DeadlineExceededError(`The operation was not done within ${deadlineInMs} ms.`, {
            code: 'DeadlineExceeded',
            hint: 'The vault may or may not have acted on the request; see what it holds before repeating a change.',
          })
        }
        throw closed && !abortSignal?.aborted ? new AbortError('The client was closed.') : error
      } finally {
        clearTimeout(timer)
        abortSignal?.removeEventListener('abort', abort)
        underWay.delete(controller)
      }
    },
    close() {
      closed = true
      for (const controller of underWay) controller.abort()
    },
  }
}
