import type { DeletedSecret, SecretName, SecretVersion, UnixSeconds, VersionId } from './secret.js'
import type { VaultSettings } from './vault-settings.js'

/** A version with its value as sealed for the place it is stored in. */
export interface StoredVersion {
  readonly version: SecretVersion
  readonly sealed: Uint8Array
}

/** A version about to be stored: the store knows the name it goes under and what came before. */
export type NewVersion = Omit<SecretVersion, 'name' | 'previous'>

/** A page of a list. `next` is the key of its last item if there are more. */
export interface Page<Item> {
  readonly items: readonly Item[]
  readonly next: string | undefined
}

/**
 * What the vault asks of storage. Each method is one atomic step: entirely or not at all, and on the disk once it
 * resolves. Lists run in ascending order of bytes: secrets by their names' keys, versions by their ids.
 */
export interface VaultStore {
  /** @returns `false` if a vault of this name exists */
  createVault(vault: VaultSettings, createdOn: UnixSeconds): Promise<boolean>
  vaults(): Promise<VaultSettings[]>
  setPurgeProtection(vault: string): Promise<void>

  /**
   * Makes a version the current one of its secret, and creates the secret where it is new. Repeated with the same id, it
   * stores nothing twice.
   * @returns the version as stored; `undefined` if a deleted secret has the name
   */
  setVersion(
    vault: string,
    name: SecretName,
    version: NewVersion,
    sealed: Uint8Array,
  ): Promise<SecretVersion | undefined>
  /** The given version of a live secret, the current one if no id is given. */
  getVersion(vault: string, name: SecretName, id?: VersionId): Promise<StoredVersion | undefined>
  /** Changes a version of a live secret, the current one if no id is given, and returns it changed. `change` is pure. */
  updateVersion(
    vault: string,
    name: SecretName,
    id: VersionId | undefined,
    change: (version: SecretVersion) => SecretVersion,
  ): Promise<SecretVersion | undefined>
  /** All versions of a live secret, by id, with the current one's id. */
  allVersions(vault: string, name: SecretName): Promise<{ current: VersionId; versions: StoredVersion[] } | undefined>
  /**
   * Stores a whole secret under a free name.
   * @returns the current version; `undefined` if the name is taken, by a live secret or a deleted one
   */
  restoreSecret(
    vault: string,
    name: SecretName,
    current: VersionId,
    versions: readonly StoredVersion[],
  ): Promise<SecretVersion | undefined>

  /** The current versions of the live secrets whose keys come after `after`. */
  listSecrets(vault: string, after: string | undefined, limit: number): Promise<Page<SecretVersion>>
  /** The versions of a live secret whose ids come after `after`; none if there is no such secret. */
  listVersions(vault: string, name: SecretName, after: string | undefined, limit: number): Promise<Page<SecretVersion>>
  listDeleted(vault: string, after: string | undefined, limit: number): Promise<Page<DeletedSecret>>

  /** @returns the deleted secret; `undefined` if there is no live one */
  deleteSecret(
    vault: string,
    name: SecretName,
    deletedOn: UnixSeconds,
    scheduledPurgeOn: UnixSeconds,
  ): Promise<DeletedSecret | undefined>
  getDeleted(vault: string, name: SecretName): Promise<DeletedSecret | undefined>
  /** @returns the live secret's current version; `undefined` if there is no deleted one */
  recoverSecret(vault: string, name: SecretName): Promise<SecretVersion | undefined>
  /** Removes a live secret and its versions for good. @returns its current version; `undefined` if there is none */
  removeSecret(vault: string, name: SecretName): Promise<SecretVersion | undefined>
  /** Removes a deleted secret and its versions for good. @returns `false` if there is none */
  purgeSecret(vault: string, name: SecretName): Promise<boolean>
  /** Purges the deleted secrets whose purge date has come, each by itself. @returns how many */
  purgeDue(now: UnixSeconds): Promise<number>
}
