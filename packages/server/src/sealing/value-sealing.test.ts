import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { VersionId } from '../vault/secret.js'
import { SecretValue } from '../vault/secret-value.js'
import { rootKey } from './root-key.js'
import { DamagedValue, valueSealing } from './value-sealing.js'
import { newVaultKey, vaultKeys } from './vault-keys.js'

const root = rootKey(randomBytes(32))
const keys = vaultKeys(root)
keys.add(newVaultKey(root, 'dev', 1))
keys.add(newVaultKey(root, 'other', 1))
const sealing = valueSealing(root, keys)
const place = { vault: 'dev', nameKey: 'NAME', version: '0'.repeat(32) as VersionId }

describe('a sealed value', () => {
  it('opens in its place to what it was', () => {
    const text = fc.string({ unit: 'binary' }).filter((value) => value.isWellFormed())
    fc.assert(
      fc.property(text, (value) => {
        expect(sealing.open(place, sealing.seal(place, new SecretValue(value))).reveal()).toBe(value)
      }),
    )
  })
  it('opens in no other place', () => {
    const sealed = sealing.seal(place, new SecretValue('a clear text'))
    for (const other of [
      { ...place, vault: 'other' },
      { ...place, nameKey: 'NAME-2' },
      { ...place, version: '1'.repeat(32) as VersionId },
    ]) {
      expect(() => sealing.open(other, sealed)).toThrow(DamagedValue)
    }
  })
  it('opens with no byte changed or missing', () => {
    const sealed = sealing.seal(place, new SecretValue('a clear text'))
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed)
      changed[at] = (changed[at] as number) ^ 0x80
      expect(() => sealing.open(place, changed)).toThrow(DamagedValue)
      expect(() => sealing.open(place, sealed.subarray(0, at))).toThrow(DamagedValue)
    }
  })
  it('opens after its vault got a new key, and then seals with that', () => {
    const own = vaultKeys(root)
    own.add(newVaultKey(root, 'dev', 1))
    const rotated = valueSealing(root, own)
    const before = rotated.seal(place, new SecretValue('before'))
    own.add(newVaultKey(root, 'dev', 2))
    const after = rotated.seal(place, new SecretValue('after'))
    expect([before, after].map((sealed) => rotated.open(place, sealed).reveal())).toEqual(['before', 'after'])
    expect([before, after].map((sealed) => Buffer.from(sealed).readUInt32BE(1))).toEqual([1, 2])
  })
  it('says where the damage is, and nothing of the value', () => {
    expect(() => sealing.open(place, Buffer.alloc(100, 1))).toThrow(
      `the stored value of NAME/${place.version} in vault "dev" does not open: it was changed or moved outside Strongroom`,
    )
  })
  it('holds nothing of the clear text', () => {
    const sealed = sealing.seal(place, new SecretValue('a clear text'))
    expect(Buffer.from(sealed).includes('clear')).toBe(false)
  })
})

describe('a sealed backup', () => {
  const bytes = Buffer.from('the bytes of a backup')
  it('opens under its root key', () => {
    expect(sealing.openBackup(sealing.sealBackup(bytes))).toEqual(bytes)
  })
  it('does not open under another root key', () => {
    const other = rootKey(randomBytes(32))
    expect(valueSealing(other, vaultKeys(other)).openBackup(sealing.sealBackup(bytes))).toBeUndefined()
  })
  it('does not open with any byte changed or missing', () => {
    const sealed = sealing.sealBackup(bytes)
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed)
      changed[at] = (changed[at] as number) ^ 1
      expect(sealing.openBackup(changed)).toBeUndefined()
      expect(sealing.openBackup(sealed.subarray(0, at))).toBeUndefined()
    }
  })
  it('is no sealed value, nor the reverse', () => {
    expect(sealing.openBackup(sealing.seal(place, new SecretValue('v')))).toBeUndefined()
    expect(() => sealing.open(place, sealing.sealBackup(bytes))).toThrow(DamagedValue)
  })
})
