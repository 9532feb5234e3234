import { decodeBackup, encodeBackup } from './backup.js'
import {
  type DeletedSecret,
  parseSecretName,
  type SecretAttributes,
  type SecretChanges,
  type SecretName,
  type SecretVersion,
  type SecretWithValue,
  type UnixSeconds,
  type VersionId,
  withChanges,
} from './secret.js'
import type { SecretValue } from './secret-value.js'
import type { ValueSealing } from './value-sealing.js'
import { VaultError } from './vault-error.js'
import { scheduledPurgeOf, type VaultSettings } from './vault-settings.js'
import type { Page, VaultStore } from './vault-store.js'

export interface VaultNeeds {
  readonly store: VaultStore
  readonly sealing: ValueSealing
  /** The time, in whole seconds. */
  readonly now: () => UnixSeconds
  /** A fresh id that no version has. */
  readonly newVersionId: () => VersionId
}

/** The rules of secrets. Every method takes the settings of the vault it works in. */
export type Vault = ReturnType<typeof createVault>

export function createVault({ store, sealing, now, newVersionId }: VaultNeeds) {
  /** Messages show a name as it was first written, whatever the case it was asked for in. */
  const missing = async (vault: VaultSettings, name: SecretName, version?: string): Promise<VaultError> => {
    const live = await store.getVersion(vault.name, name)
    const written = live?.version.name ?? (await store.getDeleted(vault.name, name))?.name
    return secretNotFound(written ?? name.text, version)
  }
  const notDeleted = async (vault: VaultSettings, name: SecretName): Promise<VaultError> =>
    deletedSecretNotFound((await store.getVersion(vault.name, name))?.version.name ?? name.text)
  const needSoftDelete = (vault: VaultSettings, operation: string) => {
    if (vault.softDelete) return
    throw new VaultError('SoftDeleteOff', `Operation "${operation}" is not enabled for this vault.`)
  }

  return {
    /** The 404 of a text that cannot be a version's id. */
    noSuchVersion: missing,

    /** Makes a new version the current one. It inherits nothing from the version before. */
    async setSecret(
      vault: VaultSettings,
      name: SecretName,
      value: SecretValue,
      attributes: SecretAttributes,
    ): Promise<SecretWithValue> {
      const id = newVersionId()
      const createdOn = now()
      const sealed = sealing.seal({ vault: vault.name, nameKey: name.key, version: id }, value)
      const version = { ...attributes, id, createdOn, updatedOn: createdOn }
      const stored = await store.setVersion(vault.name, name, version, sealed)
      if (stored === undefined) {
        const deleted = await store.getDeleted(vault.name, name)
        throw new VaultError(
          'SecretIsDeleted',
          `Secret ${deleted?.name ?? name.text} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the secret can only be recovered or purged.`,
        )
      }
      return { version: stored, value }
    },

    /** `nbf` and `exp` only inform: a secret is readable before and after. A disabled one is not. */
    async getSecret(vault: VaultSettings, name: SecretName, id?: VersionId): Promise<SecretWithValue> {
      const stored = await store.getVersion(vault.name, name, id)
      if (stored === undefined) throw await missing(vault, name, id)
      const { version, sealed } = stored
      if (!version.enabled) {
        throw new VaultError('SecretDisabled', 'Operation get is not allowed on a disabled secret.')
      }
      const value = sealing.open({ vault: vault.name, nameKey: name.key, version: version.id }, sealed)
      return { version, value }
    },

    async updateSecret(
      vault: VaultSettings,
      name: SecretName,
      id: VersionId | undefined,
      changes: SecretChanges,
    ): Promise<SecretVersion> {
      const time = now()
      const change = (version: SecretVersion) => withChanges(version, changes, time)
      const updated = await store.updateVersion(vault.name, name, id, change)
      if (updated === undefined) throw await missing(vault, name, id)
      return updated
    },

    listSecrets: (vault: VaultSettings, after: string | undefined, limit: number): Promise<Page<SecretVersion>> =>
      store.listSecrets(vault.name, after, limit),

    /** Of a name that is unknown or deleted: an empty list. */
    listVersions: (
      vault: VaultSettings,
      name: SecretName,
      after: string | undefined,
      limit: number,
    ): Promise<Page<SecretVersion>> => store.listVersions(vault.name, name, after, limit),

    async listDeleted(vault: VaultSettings, after: string | undefined, limit: number): Promise<Page<DeletedSecret>> {
      needSoftDelete(vault, 'list deleted')
      return await store.listDeleted(vault.name, after, limit)
    },

    /** In a vault without soft delete the secret is gone for good, and the answer is its last version. */
    async deleteSecret(vault: VaultSettings, name: SecretName): Promise<DeletedSecret | SecretVersion> {
      const deletedOn = now()
      const deleted = vault.softDelete
        ? await store.deleteSecret(vault.name, name, deletedOn, scheduledPurgeOf(vault, deletedOn))
        : await store.removeSecret(vault.name, name)
      if (deleted === undefined) throw await missing(vault, name)
      return deleted
    },

    async getDeleted(vault: VaultSettings, name: SecretName): Promise<DeletedSecret> {
      needSoftDelete(vault, 'get deleted')
      const deleted = await store.getDeleted(vault.name, name)
      if (deleted === undefined) throw await notDeleted(vault, name)
      return deleted
    },

    /** Brings back every version as it was. */
    async recoverSecret(vault: VaultSettings, name: SecretName): Promise<SecretVersion> {
      needSoftDelete(vault, 'recover')
      const recovered = await store.recoverSecret(vault.name, name)
      if (recovered !== undefined) return recovered
      const live = await store.getVersion(vault.name, name)
      throw live === undefined ? secretNotFound(name.text) : deletedSecretNotFound(live.version.name)
    },

    async purgeSecret(vault: VaultSettings, name: SecretName): Promise<void> {
      needSoftDelete(vault, 'purge')
      if (vault.enablePurgeProtection) {
        throw new VaultError(
          'PurgeProtected',
          `Operation "purge" is not allowed because purge protection is enabled for this vault. Key Vault service will automatically purge it after the retention period has passed.\r\nVault: ${vault.name}`,
        )
      }
      if (!(await store.purgeSecret(vault.name, name))) throw await notDeleted(vault, name)
    },

    /** All versions in one sealed blob, of a disabled secret too. */
    async backupSecret(vault: VaultSettings, name: SecretName): Promise<Uint8Array> {
      const secret = await store.allVersions(vault.name, name)
      if (secret === undefined) throw await missing(vault, name)
      const { current, versions } = secret
      const opened = versions.map(({ version, sealed }) => ({
        version,
        value: sealing.open({ vault: vault.name, nameKey: name.key, version: version.id }, sealed),
      }))
      const written = versions[0]?.version.name ?? name.text
      return sealing.sealBackup(encodeBackup({ name: written, current, versions: opened }))
    },

    /** Needs a free name. Ids, dates and tags are those of the backup. */
    async restoreSecret(vault: VaultSettings, blob: Uint8Array): Promise<SecretVersion> {
      const bytes = sealing.openBackup(blob)
      const backup = bytes && decodeBackup(bytes)
      if (backup === undefined) {
        throw new VaultError('MalformedBackup', 'Backup blob contains invalid or corrupt version.')
      }
      const name = parseSecretName(backup.name)
      const versions = backup.versions.map(({ version, value }) => ({
        version,
        sealed: sealing.seal({ vault: vault.name, nameKey: name.key, version: version.id }, value),
      }))
      const restored = await store.restoreSecret(vault.name, name, backup.current, versions)
      if (restored === undefined) {
        const subject = `${backup.name}/${backup.current}`
        throw new VaultError('RestoreConflict', `the name of the backup's secret ${subject} is taken`, subject)
      }
      return restored
    },

    /** Purges what is due. @returns how many secrets */
    purgeDue: (): Promise<number> => store.purgeDue(now()),
  }
}

/** The 404 of a secret, or of one version of it. */
function secretNotFound(name: string, version?: string): VaultError {
  const id = version === undefined ? name : `${name}/${version}`
  return new VaultError(
    'SecretNotFound',
    `A secret with (name/id) ${id} was not found in this key vault. If you recently deleted this secret you may be able to recover it using the correct recovery command. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125182`,
  )
}

function deletedSecretNotFound(name: string): VaultError {
  return new VaultError('DeletedSecretNotFound', `Deleted Secret not found: ${name}`)
}
