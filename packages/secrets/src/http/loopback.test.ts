import { expect, it } from 'vitest'
import { isLocalhostName, loopbackLookup } from './loopback.js'

it('knows the names that mean this machine', () => {
  for (const name of ['localhost', 'dev.vault.localhost', 'LOCALHOST']) expect(isLocalhostName(name)).toBe(true)
  for (const name of ['localhost.test', 'notlocalhost', 'localhost.']) expect(isLocalhostName(name)).toBe(false)
})

it('resolves to both families, one of them, or the one that is asked for', () => {
  const lookup = (options: object) => {
    let result: unknown
    loopbackLookup('dev.vault.localhost', options, (_error, address, family) => {
      result = family === undefined ? address : [address, family]
    })
    return result
  }
  expect(lookup({ all: true })).toEqual([
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ])
  expect(lookup({ all: true, family: 6 })).toEqual([{ address: '::1', family: 6 }])
  expect(lookup({})).toEqual(['127.0.0.1', 4])
  expect(lookup({ family: 6 })).toEqual(['::1', 6])
})
