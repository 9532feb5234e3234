import { expect, it } from 'vitest'
import { authorityOf, cachedChallenge, forgetChallenge, rememberChallenge } from './challenge-cache.js'

it('names a vault by host and port, the default port left out', () => {
  const same = ['https://DEV.vault.test', 'https://dev.vault.test:443'].map((url) => authorityOf(new URL(url).origin))
  expect(same).toEqual(['dev.vault.test', 'dev.vault.test'])
  expect(authorityOf('https://dev.vault.test:8443')).toBe('dev.vault.test:8443')
})

it('forgets the challenge that was refused, and not the one that came since', () => {
  const [old, newer] = [{ scope: 'a/.default' }, { scope: 'b/.default' }]
  rememberChallenge('vault.test', old)
  rememberChallenge('vault.test', newer)
  forgetChallenge('vault.test', old)
  expect(cachedChallenge('vault.test')).toBe(newer)
  forgetChallenge('vault.test', newer)
  expect(cachedChallenge('vault.test')).toBeUndefined()
})
