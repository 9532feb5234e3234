import { describe, expect, it } from 'vitest'
import { parseVaultHost, vaultHosts } from './vault-host.js'

const suffix = 'vault.localhost'

describe('a host under the suffix', () => {
  it('names its vault, and keeps the port as it came', () => {
    expect(parseVaultHost('dev.vault.localhost:8443', suffix)).toEqual({
      vault: 'dev',
      origin: 'https://dev.vault.localhost:8443',
      resource: 'https://vault.localhost:8443',
    })
  })
  it.each(['dev.vault.localhost', 'dev.vault.localhost:443', 'DEV.Vault.LocalHost'])(
    'shows no port 443: %s',
    (host) => {
      expect(parseVaultHost(host, suffix)).toEqual({
        vault: 'dev',
        origin: 'https://dev.vault.localhost',
        resource: 'https://vault.localhost',
      })
    },
  )
  it.each(['abc', 'a-1', 'a23456789012345678901234', 'team-vault-1'])('may name the vault %s', (name) => {
    expect(parseVaultHost(`${name}.${suffix}`, suffix)?.vault).toBe(name)
  })
})

describe('a host that is none of ours', () => {
  it.each([
    '',
    'vault.localhost',
    'localhost:8443',
    '127.0.0.1:8443',
    '[::1]:8443',
    'dev.vault.example',
    'dev.vault.localhost.example',
    'devvault.localhost',
    'a.dev.vault.localhost',
    'ab.vault.localhost',
    'a2345678901234567890123456.vault.localhost',
    '1dev.vault.localhost',
    'dev-.vault.localhost',
    'd_v.vault.localhost',
    'dev.vault.localhost.',
    'dev.vault.localhost:',
    'dev.vault.localhost:port',
    'dev.vault.localhost:123456',
    'dev.vault.localhost"',
    'dev.vault.localhost/x',
    'user@dev.vault.localhost',
    'dev.vaultxlocalhost',
    ' dev.vault.localhost',
    'dev.vault.localhost\r\n',
  ])('is %j', (host) => {
    expect(parseVaultHost(host, suffix)).toBeUndefined()
    expect(vaultHosts(suffix)(host)).toBeUndefined()
  })
})

it('a host parsed before is the same again', () => {
  const parse = vaultHosts(suffix)
  const first = parse('dev.vault.localhost:1')
  expect(first).toEqual(parseVaultHost('dev.vault.localhost:1', suffix))
  expect(parse('dev.vault.localhost:1')).toBe(first)
})
