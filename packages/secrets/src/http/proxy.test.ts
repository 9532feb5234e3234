import { describe, expect, it } from 'vitest'
import { isExempt, proxyFor } from './proxy.js'

const target = new URL('https://dev.vault.azure.net')

describe('proxyFor', () => {
  it('takes the caller’s proxy', () => {
    const settings = { host: 'http://proxy.test', port: 3128, username: 'me', password: 'pw' }
    expect(proxyFor(target, settings, { HTTPS_PROXY: 'http://other.test' })).toEqual({
      protocol: 'http:',
      hostname: 'proxy.test',
      port: 3128,
      authorization: `Basic ${btoa('me:pw')}`,
    })
    expect(() => proxyFor(target, { host: 'socks5://proxy.test', port: 1 }, {})).toThrow(TypeError)
  })

  it('takes the environment’s otherwise', () => {
    const proxy = { protocol: 'http:', hostname: 'proxy.test', port: 3128 }
    expect(proxyFor(target, undefined, { https_proxy: 'http://proxy.test:3128' })).toEqual(proxy)
    expect(proxyFor(target, undefined, { ALL_PROXY: 'proxy.test:3128' })).toEqual(proxy)
    expect(proxyFor(target, undefined, {})).toBeUndefined()
    expect(proxyFor(target, undefined, { HTTPS_PROXY: 'http://proxy.test', NO_PROXY: '.azure.net' })).toBeUndefined()
  })

  it('goes to this machine directly', () => {
    const environment = { HTTPS_PROXY: 'http://proxy.test' }
    expect(proxyFor(new URL('https://dev.vault.localhost:8443'), undefined, environment)).toBeUndefined()
  })
})

it('knows whom NO_PROXY exempts', () => {
  for (const list of ['*', 'azure.net', '.azure.net', '*.azure.net', 'x.test, DEV.vault.azure.net', 'azure.net:443']) {
    expect(isExempt(target, list), list).toBe(true)
  }
  for (const list of ['', ',', 'zure.net', 'vault.azure.net:8443', 'dev.vault.azure.net.evil.test']) {
    expect(isExempt(target, list), list).toBe(false)
  }
})
