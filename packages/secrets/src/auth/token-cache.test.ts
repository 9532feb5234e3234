import { describe, expect, it } from 'vitest'
import { tokenCache, tokenState } from './token-cache.js'

describe('tokenState', () => {
  const now = 1_000_000
  it('calls a token stale with less than five minutes left, or when its refresh is due', () => {
    expect(tokenState({ token: 't', expiresOnTimestamp: now + 300_000 }, now)).toBe('fresh')
    expect(tokenState({ token: 't', expiresOnTimestamp: now + 299_999 }, now)).toBe('stale')
    expect(tokenState({ token: 't', expiresOnTimestamp: now + 900_000, refreshAfterTimestamp: now }, now)).toBe('stale')
    expect(tokenState({ token: 't', expiresOnTimestamp: now }, now)).toBe('expired')
  })
})

describe('a token cache', () => {
  function setting(lifetimeInMs: number) {
    const clock = { now: 1_000_000 }
    let fetched = 0
    const cache = tokenCache(() => clock.now)
    const fetch = async () => ({ token: `t${++fetched}`, expiresOnTimestamp: clock.now + lifetimeInMs })
    return { clock, cache, fetch, get: async () => (await cache.get('key', fetch)).token }
  }

  it('fetches once for all who ask at the same time', async () => {
    const { get } = setting(3_600_000)
    expect(await Promise.all([get(), get(), get()])).toEqual(['t1', 't1', 't1'])
  })

  it('hands out a stale token and fetches the next one meanwhile', async () => {
    const { clock, get } = setting(3_600_000)
    await get()
    clock.now += 3_400_000
    expect(await get()).toBe('t1')
    await Promise.resolve()
    expect(await get()).toBe('t2')
  })

  it('waits for the new one when the old one has expired', async () => {
    const { clock, get } = setting(3_600_000)
    await get()
    clock.now += 3_600_000
    expect(await get()).toBe('t2')
  })

  it('keeps a token that could not be refreshed, and does not try again at once', async () => {
    const { clock, cache, get } = setting(3_600_000)
    await get()
    clock.now += 3_400_000
    let failures = 0
    const fail = async () => {
      failures++
      throw new Error('no authority')
    }
    for (let i = 0; i < 3; i++) expect((await cache.get('key', fail)).token).toBe('t1')
    expect(failures).toBe(1)
  })

  it('forgets the token that was refused, and no other', async () => {
    const { cache, fetch, get } = setting(3_600_000)
    await get()
    cache.forget('key', 'another')
    expect(await get()).toBe('t1')
    cache.forget('key', 't1')
    expect(await get()).toBe('t2')
    expect((await cache.renew('key', fetch)).token).toBe('t3')
    expect(await get()).toBe('t3')
  })
})
