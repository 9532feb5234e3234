import { describe, expect, it } from 'vitest'
import { onSameOrigin, parseVaultUrl } from './vault-url.js'

describe('parseVaultUrl', () => {
  it('returns the origin', () => {
    expect(parseVaultUrl('https://dev.vault.azure.net', false)).toBe('https://dev.vault.azure.net')
    expect(parseVaultUrl('  https://DEV.vault.localhost:8443/// ', false)).toBe('https://dev.vault.localhost:8443')
    expect(parseVaultUrl('https://dev.vault.azure.net:443', false)).toBe('https://dev.vault.azure.net')
  })

  it('takes plain http for loopback hosts only, and if allowed', () => {
    for (const host of ['localhost', 'dev.vault.localhost', '127.0.0.1', '127.9.9.9', '[::1]']) {
      expect(parseVaultUrl(`http://${host}:8080`, true)).toBe(`http://${host}:8080`)
      expect(() => parseVaultUrl(`http://${host}:8080`, false)).toThrow(TypeError)
    }
    for (const host of ['vault.test', '127.0.0.1.evil.test', 'localhost.evil.test', '10.0.0.1']) {
      expect(() => parseVaultUrl(`http://${host}`, true)).toThrow('never travel unencrypted')
    }
  })

  it('refuses all else', () => {
    for (const text of [
      '',
      'dev.vault.azure.net',
      'ftp://vault.test',
      'https://',
      'https://vault.example\\@evil.example',
      'https:\\\\vault.example',
      'https://user@vault.example',
      'https://user:password@vault.example',
      'https://vault.example/secrets/name',
      'https://vault.example?x=1',
      'https://vault.example#x',
      'https://vault\t.example',
    ]) {
      expect(() => parseVaultUrl(text, true), text).toThrow(TypeError)
    }
    expect(() => parseVaultUrl(undefined as never, false)).toThrow(TypeError)
  })
})

it('knows what lies on the same origin', () => {
  const origin = 'https://dev.vault.test'
  expect(onSameOrigin('https://DEV.vault.test:443/secrets?$skiptoken=a', origin)?.search).toBe('?$skiptoken=a')
  expect(onSameOrigin('/secrets', origin)?.href).toBe('https://dev.vault.test/secrets')
  for (const link of [
    'https://dev.vault.test.evil.test/',
    'https://dev.vault.test:8443/',
    'http://dev.vault.test/',
    'https://dev.vault.test\\@evil.test/',
    'https://dev.vault.test@evil.test/',
    '//evil.test/secrets',
    '/\\evil.test/secrets',
    'secrets',
  ]) {
    expect(onSameOrigin(link, origin), link).toBeUndefined()
  }
})
