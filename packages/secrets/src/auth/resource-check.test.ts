import { describe, expect, it } from 'vitest'
import { resourceObjection } from './resource-check.js'

describe('resourceObjection', () => {
  it('lets tokens for a parent domain pass, whatever the ports', () => {
    for (const [origin, scope] of [
      ['https://dev.vault.azure.net', 'https://vault.azure.net/.default'],
      ['https://dev.vault.localhost:8443', 'https://vault.localhost:8443/.default'],
      ['https://dev.vault.localhost:8443', 'https://vault.localhost/.default'],
      ['https://dev.vault.localhost:8443', 'https://VAULT.localhost:443/.default'],
      ['https://v1.localhost:8443', 'https://localhost:8443/.default'],
      ['http://dev.vault.localhost:8080', 'http://vault.localhost:8080/.default'],
    ] as const) {
      expect(resourceObjection(origin, scope), scope).toBeUndefined()
    }
  })

  it('objects to all others', () => {
    for (const [origin, scope] of [
      ['https://dev.vault.evil.example', 'https://vault.azure.net/.default'],
      ['https://evilvault.azure.net', 'https://vault.azure.net/.default'],
      ['https://vault.azure.net', 'https://vault.azure.net/.default'],
      ['https://localhost:8443', 'https://localhost:8443/.default'],
      ['https://127.0.0.1:8443', 'kv://0.0.1/.default'],
      ['https://dev.vault.azure.net', 'http://vault.azure.net/.default'],
      ['https://dev.vault.azure.net', 'api://some-id/.default'],
      ['https://dev.vault.azure.net', 'some-id/.default'],
    ] as const) {
      expect(resourceObjection(origin, scope), scope).toMatch(/challenge/)
    }
  })
})
