import type { UnixSeconds } from './secret.js'
import { VaultError } from './vault-error.js'
import { type NewVault, parseNewVault, type VaultSettings } from './vault-settings.js'
import type { VaultStore } from './vault-store.js'

/** The vaults there are, their settings at hand in memory: every request asks for them. */
export interface Vaults {
  get(name: string): VaultSettings | undefined
  all(): VaultSettings[]
  /** @throws {VaultError} `BadParameter` for settings out of range, `VaultExists` for a name that is taken */
  create(vault: NewVault): Promise<VaultSettings>
  /** For good: it cannot be switched off again. @throws {VaultError} `VaultNotFound`, `SoftDeleteOff` */
  enablePurgeProtection(name: string): Promise<VaultSettings>
}

export interface VaultsNeeds {
  readonly store: VaultStore
  readonly now: () => UnixSeconds
  /** Called before a new vault can be used: it must have a key. */
  readonly prepare: (vault: string) => Promise<void>
}

export async function createVaults({ store, now, prepare }: VaultsNeeds): Promise<Vaults> {
  const known = new Map((await store.vaults()).map((vault) => [vault.name, vault]))
  for (const name of known.keys()) await prepare(name)
  return {
    get: (name) => known.get(name),
    all: () => [...known.values()],
    async create(asked) {
      const vault = parseNewVault(asked)
      // Of two creations at once one wins, and it alone makes the key. If it gets no further, the next start makes it.
      if (!(await store.createVault(vault, now()))) {
        throw new VaultError('VaultExists', `a vault "${vault.name}" exists: choose another name`)
      }
      await prepare(vault.name)
      known.set(vault.name, vault)
      return vault
    },
    async enablePurgeProtection(name) {
      const vault = known.get(name)
      if (vault === undefined) throw new VaultError('VaultNotFound', `there is no vault "${name}"`)
      if (!vault.softDelete) {
        throw new VaultError('SoftDeleteOff', `the vault "${name}" has no soft delete, which purge protection needs`)
      }
      await store.setPurgeProtection(name)
      const changed = { ...vault, enablePurgeProtection: true }
      known.set(name, changed)
      return changed
    },
  }
}
