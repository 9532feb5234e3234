import { AbortError } from '../errors/abort-error.js'
import type { AbortSignalLike } from '../options.js'

/** Waits, unless the signal fires first: then rejects with an `AbortError`. */
export function delay(milliseconds: number, signal?: AbortSignalLike): Promise<void> {
  if (signal?.aborted) return Promise.reject(new AbortError())
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
      reject(new AbortError())
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort)
      resolve()
    }, milliseconds)
    signal?.addEventListener('abort', abort)
  })
}
