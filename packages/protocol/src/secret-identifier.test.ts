import { describe, expect, it } from 'vitest'
import { tryParseSecretIdentifier } from './secret-identifier.js'

describe('tryParseSecretIdentifier', () => {
  it('reads name and version, and keeps a port that is not the default one', () => {
    expect(tryParseSecretIdentifier('https://dev.vault.localhost:8443/secrets/db/0123')).toEqual({
      vaultUrl: 'https://dev.vault.localhost:8443',
      collection: 'secrets',
      name: 'db',
      version: '0123',
    })
    expect(tryParseSecretIdentifier('https://dev.vault.azure.net:443/secrets/db')?.vaultUrl).toBe(
      'https://dev.vault.azure.net',
    )
  })

  it('reads a deleted secret, in any case, over empty segments', () => {
    expect(tryParseSecretIdentifier('https://V.example//DeletedSecrets/db/')).toEqual({
      vaultUrl: 'https://v.example',
      collection: 'deletedsecrets',
      name: 'db',
    })
  })

  it.each([
    'db',
    'https://v.example',
    'https://v.example/secrets',
    'https://v.example/keys/db',
    'https://v.example/secrets/db/1/2',
    'https://user:pass@v.example/secrets/db',
    'file:///secrets/db',
  ])('refuses %s', (text) => {
    expect(tryParseSecretIdentifier(text)).toBeUndefined()
  })
})
