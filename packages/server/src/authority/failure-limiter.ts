/** Counts failures, to tell a client that goes on failing to wait. Whoever succeeds is never told so. */
export interface FailureLimiter {
  /** @returns seconds to wait, once there have been too many within a minute */
  failed(key: string): number | undefined
}

const windowMs = 60_000

/** @param now - milliseconds since 1970 */
export function createFailureLimiter(now: () => number, failuresPerMinute = 20, mostKeys = 10_000): FailureLimiter {
  const windows = new Map<string, { startedAt: number; failures: number }>()
  return {
    failed(key) {
      let window = windows.get(key)
      if (window === undefined || now() - window.startedAt >= windowMs) {
        windows.delete(key)
        if (windows.size >= mostKeys) windows.delete(windows.keys().next().value as string)
        window = { startedAt: now(), failures: 0 }
        windows.set(key, window)
      }
      window.failures++
      if (window.failures <= failuresPerMinute) return undefined
      return Math.max(1, Math.ceil((window.startedAt + windowMs - now()) / 1000))
    },
  }
}
