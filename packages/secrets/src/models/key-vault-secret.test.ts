import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { keyVaultSecret } from './key-vault-secret.js'

describe('a secret', () => {
  const properties = { name: 'db', vaultUrl: 'https://dev.vault.test', id: 'https://dev.vault.test/secrets/db/1' }
  const secret = keyVaultSecret({ name: 'db', value: 'correct horse', properties })

  it('gives its value to whoever asks for it by name', () => {
    const { value, name, properties: taken } = secret
    expect([value, name, taken.id]).toEqual(['correct horse', 'db', properties.id])
    expect('value' in secret).toBe(true)
  })

  it('shows everything else, and a placeholder for the value', () => {
    for (const shown of [
      String(secret),
      `${secret}`,
      JSON.stringify(secret),
      JSON.stringify({ nested: [secret] }),
      inspect(secret),
      inspect({ nested: { deeper: [secret] } }, { depth: 9, showHidden: true }),
      inspect(new Error('x', { cause: secret }), { depth: 9 }),
    ]) {
      expect(shown).not.toContain('correct horse')
      expect(shown).toContain('[secret]')
      expect(shown).toContain('db')
    }
    expect(inspect(secret)).toMatch(/^KeyVaultSecret \{.*name: 'db'.*value: \[secret\]/s)
  })

  it('leaves the value out of copies', () => {
    expect({ ...secret }).toEqual({ name: 'db', id: properties.id, properties })
    expect(Object.keys(secret)).not.toContain('value')
    expect(structuredClone({ ...secret })).not.toHaveProperty('value')
  })

  it('may have no value, and shows none then', () => {
    const empty = keyVaultSecret({ name: 'db', properties })
    expect(empty.value).toBeUndefined()
    expect(inspect(empty)).not.toContain('[secret]')
    expect(JSON.parse(JSON.stringify(empty))).toEqual({ name: 'db', id: properties.id, properties })
    expect(keyVaultSecret({ value: '', properties }).name).toBe('db')
  })
})
