import { describe, expect, it } from 'vitest'
import { httpHeaders } from '../http/headers.js'
import { mayHaveActed, retryAfter, retryDelay, retrySettings } from './retry-decision.js'

const settings = retrySettings()

describe('retryDelay', () => {
  it('repeats what may pass, three times, each wait up to twice as long', () => {
    for (const status of [408, 429, 500, 502, 503, 504]) {
      expect([1, 2, 3, 4].map((attempt) => retryDelay({ status }, attempt, false, settings, 0.5))).toEqual([
        400,
        800,
        1600,
        undefined,
      ])
    }
    expect(retryDelay({ status: 500 }, 30, false, { ...settings, maxRetries: 99 }, 0.999)).toBeLessThan(64_000)
  })

  it('repeats no refusal and no success', () => {
    for (const status of [200, 204, 304, 400, 401, 403, 404, 409, 501]) {
      expect(retryDelay({ status }, 1, false, settings, 0.5)).toBeUndefined()
    }
  })

  it('waits as the answer asks, unless it asks for more than anyone would wait', () => {
    expect(retryDelay({ status: 429, retryAfterInMs: 7000 }, 1, true, settings, 0.5)).toBe(7000)
    expect(retryDelay({ status: 503, retryAfterInMs: 3_600_000 }, 1, false, settings, 0.5)).toBeUndefined()
  })

  it('repeats what is unsafe only if the vault cannot have acted', () => {
    expect(retryDelay({ status: 503 }, 1, true, settings, 0.5)).toBeUndefined()
    expect(retryDelay({ code: 'ECONNRESET', requestSent: true }, 1, true, settings, 0.5)).toBeUndefined()
    expect(retryDelay({ code: 'ECONNREFUSED', requestSent: false }, 1, true, settings, 0.5)).toBe(400)
    expect(retryDelay({ status: 429 }, 1, true, settings, 0.5)).toBe(400)
    expect(mayHaveActed({ status: 503 })).toBe(true)
  })

  it('does not try again to like a certificate', () => {
    for (const code of [
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'CERT_HAS_EXPIRED',
      'ERR_TLS_CERT_ALTNAME_INVALID',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    ]) {
      expect(retryDelay({ code, requestSent: false }, 1, false, settings, 0.5)).toBeUndefined()
    }
  })
})

it('reads Retry-After as seconds, as a date and in milliseconds', () => {
  const now = Date.parse('2030-01-01T00:00:00Z')
  const wait = (headers: Record<string, string>) => retryAfter(httpHeaders(headers), now)
  expect(wait({ 'Retry-After': '3' })).toBe(3000)
  expect(wait({ 'retry-after': 'Tue, 01 Jan 2030 00:00:05 GMT' })).toBe(5000)
  expect(wait({ 'retry-after': 'Mon, 31 Dec 2029 00:00:00 GMT' })).toBe(0)
  expect(wait({ 'retry-after-ms': '250', 'retry-after': '3' })).toBe(250)
  expect(wait({ 'retry-after': 'soon' })).toBeUndefined()
  expect(wait({})).toBeUndefined()
})
