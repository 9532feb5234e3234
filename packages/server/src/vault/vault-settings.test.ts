import { describe, expect, it } from 'vitest'
import { VaultError } from './vault-error.js'
import { type NewVault, parseNewVault, recoverableDaysOf, recoveryLevelOf, scheduledPurgeOf } from './vault-settings.js'

const usual = { name: 'dev', softDelete: true, softDeleteRetentionInDays: 90, enablePurgeProtection: false }

describe('a new vault', () => {
  it('has soft delete of 90 days and no purge protection unless told otherwise', () => {
    expect(parseNewVault({ name: 'dev' })).toEqual(usual)
    expect(parseNewVault({ ...usual, softDeleteRetentionInDays: 7, enablePurgeProtection: true })).toEqual({
      ...usual,
      softDeleteRetentionInDays: 7,
      enablePurgeProtection: true,
    })
    expect(parseNewVault({ name: 'dev', softDelete: false })).toEqual({ ...usual, softDelete: false })
  })
  it('has its name in lower case', () => {
    expect(parseNewVault({ name: 'My-Vault-1' }).name).toBe('my-vault-1')
  })
  it.each<[NewVault, string]>([
    [{ name: '' }, 'is no vault name'],
    [{ name: 'ab' }, 'is no vault name'],
    [{ name: 'a'.repeat(25) }, 'is no vault name'],
    [{ name: '1ab' }, 'is no vault name'],
    [{ name: 'ab-' }, 'is no vault name'],
    [{ name: 'a--b' }, 'is no vault name'],
    [{ name: 'a.b' }, 'is no vault name'],
    [{ name: 'dev\n' }, 'is no vault name'],
    [{ name: 'dev', softDeleteRetentionInDays: 6 }, 'softDeleteRetentionInDays is 6'],
    [{ name: 'dev', softDeleteRetentionInDays: 91 }, 'softDeleteRetentionInDays is 91'],
    [{ name: 'dev', softDeleteRetentionInDays: 7.5 }, 'softDeleteRetentionInDays is 7.5'],
    [{ name: 'dev', softDeleteRetentionInDays: Number.NaN }, 'softDeleteRetentionInDays is NaN'],
    [{ name: 'dev', softDelete: false, enablePurgeProtection: true }, 'enablePurgeProtection needs soft delete'],
  ])('may not be %o', (vault, message) => {
    expect(() => parseNewVault(vault)).toThrow(VaultError)
    expect(() => parseNewVault(vault)).toThrow(message)
  })
})

describe('the recovery of deleted secrets', () => {
  it.each([
    [{}, 'Recoverable+Purgeable', 90],
    [{ enablePurgeProtection: true }, 'Recoverable', 90],
    [{ softDeleteRetentionInDays: 89 }, 'CustomizedRecoverable+Purgeable', 89],
    [{ softDeleteRetentionInDays: 7, enablePurgeProtection: true }, 'CustomizedRecoverable', 7],
    [{ softDelete: false }, 'Purgeable', 0],
  ])('in a vault with %o is %s for %d days', (changes, level, days) => {
    const vault = { ...usual, ...changes }
    expect(recoveryLevelOf(vault)).toBe(level)
    expect(recoverableDaysOf(vault)).toBe(days)
  })
  it('ends whole days after the deletion', () => {
    expect(scheduledPurgeOf(usual, 1_000)).toBe(1_000 + 7_776_000)
    expect(scheduledPurgeOf({ ...usual, softDeleteRetentionInDays: 7 }, 1_000)).toBe(1_000 + 604_800)
  })
})
