import { expect, it } from 'vitest'
import { nextPollDelay } from './poll-schedule.js'

it('waits a little at first, two seconds at most, and as it is told', () => {
  const delays = [1, 2, 3, 4, 5, 6, 7, 50].map((polls) => nextPollDelay(polls, undefined, undefined))
  expect(delays).toEqual([200, 320, 512, 819, 1311, 2000, 2000, 2000])
  expect(nextPollDelay(1, 5000, undefined)).toBe(5000)
  expect(nextPollDelay(1, 5000, 1000)).toBe(1000)
  expect(nextPollDelay(9, undefined, 0)).toBe(0)
})
