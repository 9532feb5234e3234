import { expect, it } from 'vitest'
import { createFailureLimiter } from './failure-limiter.js'

it('lets some failures pass in each minute, and then says how long to wait', () => {
  let now = 0
  const limiter = createFailureLimiter(() => now, 2)
  expect([limiter.failed('a'), limiter.failed('a'), limiter.failed('a')]).toEqual([undefined, undefined, 60])
  now = 59_999
  expect(limiter.failed('a')).toBe(1)
  now = 60_000
  expect(limiter.failed('a')).toBeUndefined()
})
it('counts each client for itself', () => {
  const limiter = createFailureLimiter(() => 0, 1)
  limiter.failed('a')
  expect(limiter.failed('b')).toBeUndefined()
})
it('forgets the oldest rather than grow without end', () => {
  const limiter = createFailureLimiter(() => 0, 1, 2)
  for (const key of ['a', 'b', 'c']) limiter.failed(key)
  expect(limiter.failed('c')).toBe(60)
  expect(limiter.failed('a')).toBeUndefined()
})
