import type { HttpHeaders } from '../http/headers.js'
import type { RetryOptions } from '../options.js'

export interface RetrySettings {
  maxRetries: number
  retryDelayInMs: number
  maxRetryDelayInMs: number
}

/** The caller's settings, completed. */
export function retrySettings(options: RetryOptions = {}): RetrySettings {
  const { maxRetries = 3, retryDelayInMs = 800, maxRetryDelayInMs = 64_000 } = options
  return { maxRetries, retryDelayInMs, maxRetryDelayInMs }
}

/** Whoever asks for more patience gets none: an error now serves the caller better than a silence of hours. */
const longestRetryAfterInMs = 300_000

/** How an attempt ended: with an answer, or without one. */
export type AttemptOutcome =
  | { status: number; retryAfterInMs?: number | undefined }
  | { code: string | undefined; requestSent: boolean }

/**
 * How long to wait before the next attempt; `undefined` to leave it at this one.
 * @param attempt - of the attempt that ended, 1 for the first
 * @param unsafe - the vault may have acted on the request, and a second time would do more than once
 * @param random - from 0 up to but not including 1
 */
export function retryDelay(
  outcome: AttemptOutcome,
  attempt: number,
  unsafe: boolean,
  settings: RetrySettings,
  random: number,
): number | undefined {
  if (attempt > settings.maxRetries || !isTransient(outcome)) return undefined
  if (unsafe && mayHaveActed(outcome)) return undefined
  if ('status' in outcome && outcome.retryAfterInMs !== undefined) {
    return outcome.retryAfterInMs <= longestRetryAfterInMs ? outcome.retryAfterInMs : undefined
  }
  // Full jitter: clients that failed together must not come back together.
  return Math.floor(random * backoff(attempt, settings))
}

/** Whether the same request may well succeed later. */
export function isTransient(outcome: AttemptOutcome): boolean {
  if ('status' in outcome) return [408, 429, 500, 502, 503, 504].includes(outcome.status)
  return !isCertificateProblem(outcome.code)
}

/** Whether the vault may have done what was asked, although it did not say so. */
export function mayHaveActed(outcome: AttemptOutcome): boolean {
  return 'status' in outcome ? outcome.status !== 429 : outcome.requestSent
}

/** How long an answer asks to wait, in milliseconds. @param now - Unix milliseconds */
export function retryAfter(headers: HttpHeaders, now: number): number | undefined {
  for (const name of ['retry-after-ms', 'x-ms-retry-after-ms']) {
    const milliseconds = Number(headers.get(name) ?? Number.NaN)
    if (milliseconds >= 0) return milliseconds
  }
  const value = headers.get('retry-after')
  if (value === undefined || value === '') return undefined
  const seconds = Number(value)
  if (seconds >= 0) return seconds * 1000
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}

function backoff(attempt: number, { retryDelayInMs, maxRetryDelayInMs }: RetrySettings): number {
  return Math.min(maxRetryDelayInMs, retryDelayInMs * 2 ** (attempt - 1))
}

/** Trying again does not make a certificate trusted. */
function isCertificateProblem(code: string | undefined): boolean {
  return code !== undefined && /CERT|SIGNATURE|^ERR_TLS|^ERR_SSL|^ERR_OSSL|UNABLE_TO_|CRL/.test(code)
}
