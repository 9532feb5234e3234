import { type DeletionRecoveryLevel, limits, vaultNamePattern } from '@strongroom/protocol'
import type { UnixSeconds } from './secret.js'
import { VaultError } from './vault-error.js'

export interface VaultSettings {
  /** Lower case, 3 to 24 letters, digits and hyphens. */
  readonly name: string
  /** Off only for a vault created so, as vaults of before soft delete were. */
  readonly softDelete: boolean
  /** Days that a deleted secret stays, 7 to 90. Fixed when the vault is created. */
  readonly softDeleteRetentionInDays: number
  /** With it on, nobody can purge before the retention ends. Once on it stays on. */
  readonly enablePurgeProtection: boolean
}

export type NewVault = Pick<VaultSettings, 'name'> & Partial<VaultSettings>

/** The settings of a new vault: soft delete on, 90 days, no purge protection, unless told otherwise. */
export function parseNewVault(vault: NewVault): VaultSettings {
  if (!vaultNamePattern.test(vault.name)) {
    throw new VaultError(
      'BadParameter',
      `"${vault.name}" is no vault name: use 3 to 24 letters, digits and single hyphens, starting with a letter`,
    )
  }
  const { min, max, default: usual } = limits.retentionDays
  const settings: VaultSettings = {
    name: vault.name.toLowerCase(),
    softDelete: vault.softDelete ?? true,
    softDeleteRetentionInDays: vault.softDeleteRetentionInDays ?? usual,
    enablePurgeProtection: vault.enablePurgeProtection ?? false,
  }
  const days = settings.softDeleteRetentionInDays
  if (!Number.isInteger(days) || days < min || days > max) {
    throw new VaultError(
      'BadParameter',
      `softDeleteRetentionInDays is ${days}: use a whole number from ${min} to ${max}`,
    )
  }
  if (settings.enablePurgeProtection && !settings.softDelete) {
    throw new VaultError(
      'BadParameter',
      'enablePurgeProtection needs soft delete: switch softDelete on, or leave it out',
    )
  }
  return settings
}

/** @see https://learn.microsoft.com/rest/api/keyvault/secrets/get-secret/get-secret#deletionrecoverylevel */
export function recoveryLevelOf(vault: VaultSettings): DeletionRecoveryLevel {
  if (!vault.softDelete) return 'Purgeable'
  const level = vault.softDeleteRetentionInDays === 90 ? 'Recoverable' : 'CustomizedRecoverable'
  return vault.enablePurgeProtection ? level : `${level}+Purgeable`
}

/** 0 in a vault without soft delete. */
export function recoverableDaysOf(vault: VaultSettings): number {
  return vault.softDelete ? vault.softDeleteRetentionInDays : 0
}

export function scheduledPurgeOf(vault: VaultSettings, deletedOn: UnixSeconds): UnixSeconds {
  return deletedOn + vault.softDeleteRetentionInDays * 86_400
}
