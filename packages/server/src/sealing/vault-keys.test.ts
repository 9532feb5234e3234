import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { rootKey } from './root-key.js'
import { newVaultKey, vaultKeys } from './vault-keys.js'

const root = rootKey(randomBytes(32))

describe('a wrapped vault key', () => {
  it('is the same key wherever the root key unwraps it', () => {
    const wrapped = newVaultKey(root, 'dev', 1)
    const [here, there] = [vaultKeys(root), vaultKeys(root)]
    here.add(wrapped)
    there.add(wrapped)
    expect(here.get('dev', 1).equals(there.get('dev', 1))).toBe(true)
  })
  it('is a fresh key each time', () => {
    const keys = vaultKeys(root)
    keys.add(newVaultKey(root, 'dev', 1))
    keys.add(newVaultKey(root, 'dev', 2))
    keys.add(newVaultKey(root, 'other', 1))
    expect(keys.get('dev', 1).equals(keys.get('dev', 2))).toBe(false)
    expect(keys.get('dev', 1).equals(keys.get('other', 1))).toBe(false)
  })
  it('does not unwrap for another vault, number or root key, nor with any byte changed', () => {
    const wrapped = newVaultKey(root, 'dev', 1)
    expect(() => vaultKeys(root).add({ ...wrapped, vault: 'other' })).toThrow()
    expect(() => vaultKeys(root).add({ ...wrapped, number: 2 })).toThrow()
    expect(() => vaultKeys(rootKey(randomBytes(32))).add(wrapped)).toThrow()
    for (let at = 0; at < wrapped.wrapped.length; at++) {
      const changed = Buffer.from(wrapped.wrapped)
      changed[at] = (changed[at] as number) ^ 1
      expect(() => vaultKeys(root).add({ ...wrapped, wrapped: changed })).toThrow()
    }
  })
})

describe('the keys of a vault', () => {
  it('seal with the highest number, in whatever order they came, and open with all', () => {
    const keys = vaultKeys(root)
    for (const number of [2, 1, 3]) keys.add(newVaultKey(root, 'dev', number))
    expect(keys.current('dev').number).toBe(3)
    expect(keys.current('dev').key.equals(keys.get('dev', 3))).toBe(true)
    expect(keys.get('dev', 1).equals(keys.get('dev', 2))).toBe(false)
  })
  it('are told apart by vault, and missed where there are none', () => {
    const keys = vaultKeys(root)
    keys.add(newVaultKey(root, 'dev', 1))
    expect(keys.has('dev')).toBe(true)
    expect(keys.has('other')).toBe(false)
    expect(() => keys.current('other')).toThrow('the vault "other" has no key')
    expect(() => keys.get('dev', 2)).toThrow('the vault "dev" has no key 2')
  })
})
