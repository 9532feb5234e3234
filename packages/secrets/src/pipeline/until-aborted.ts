import { AbortError } from '../errors/abort-error.js'
import type { AbortSignalLike } from '../options.js'

/** Waits for work that others may share: if the signal fires, the waiting ends and the work goes on. */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignalLike): Promise<T> {
  if (signal.aborted) {
    work.catch(() => {})
    return Promise.reject(new AbortError())
  }
  return new Promise((resolve, reject) => {
    const abort = () => reject(new AbortError())
    signal.addEventListener('abort', abort)
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
