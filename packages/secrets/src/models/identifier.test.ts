import { describe, expect, it } from 'vitest'
import {
  buildKeyVaultSecretIdentifier,
  parseKeyVaultSecretIdentifier,
  sameKeyVaultSecretIdentifier,
  tryParseKeyVaultSecretIdentifier,
} from './identifier.js'

describe('the id of a secret', () => {
  it('comes apart, with its port', () => {
    const id = 'https://dev.vault.localhost:8443/secrets/db/0123456789abcdef0123456789abcdef'
    expect(parseKeyVaultSecretIdentifier(id)).toEqual({
      sourceId: id,
      vaultUrl: 'https://dev.vault.localhost:8443',
      name: 'db',
      version: '0123456789abcdef0123456789abcdef',
    })
    expect(parseKeyVaultSecretIdentifier('https://v.test/secrets/db')).not.toHaveProperty('version')
    expect(parseKeyVaultSecretIdentifier('https://v.test/deletedsecrets/db').name).toBe('db')
    expect(parseKeyVaultSecretIdentifier('https://v.test/secrets/db/pending').version).toBe('pending')
  })

  it('is none of a key, a certificate or anything else', () => {
    for (const id of [
      'https://v.test/keys/db/1',
      'https://v.test/certificates/db',
      'https://v.test/secrets',
      'db',
      '',
    ]) {
      expect(() => parseKeyVaultSecretIdentifier(id), id).toThrow(TypeError)
      expect(tryParseKeyVaultSecretIdentifier(id)).toBeUndefined()
    }
  })

  it('goes together', () => {
    const parts = { vaultUrl: 'https://V.test:443/', name: 'db' }
    expect(buildKeyVaultSecretIdentifier(parts)).toBe('https://v.test/secrets/db')
    expect(buildKeyVaultSecretIdentifier({ ...parts, version: '1' })).toBe('https://v.test/secrets/db/1')
    expect(() => buildKeyVaultSecretIdentifier({ ...parts, name: 'a/b' })).toThrow(TypeError)
  })

  it('means the same whatever its case and default port', () => {
    expect(sameKeyVaultSecretIdentifier('https://V.test:443/secrets/DB', 'https://v.test/secrets/db/')).toBe(true)
    expect(sameKeyVaultSecretIdentifier('https://v.test/secrets/db', 'https://v.test/secrets/db/1')).toBe(false)
    expect(sameKeyVaultSecretIdentifier('https://v.test:8443/secrets/db', 'https://v.test/secrets/db')).toBe(false)
    expect(sameKeyVaultSecretIdentifier('nonsense', 'nonsense')).toBe(false)
  })
})
