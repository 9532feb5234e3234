import { randomUUID } from 'node:crypto'
import { StartError } from './errors.js'
import type { InstallationSealing } from './sealing/installation-sealing.js'
import type { RootKey } from './sealing/root-key.js'
import { newVaultKey, type VaultKeys } from './sealing/vault-keys.js'
import type { SqlDatabase } from './store/sql.js'
import type { InstallationStore } from './store/sql-installation-store.js'
import { createAuthority, issueLeaf, type LeafNames, leafIsCurrent } from './tls/private-authority.js'

/**
 * Looks, without writing anything, whether a database belongs to this root key.
 * @throws {StartError}
 */
export async function checkRootKey(database: SqlDatabase, root: RootKey): Promise<void> {
  let found: string | undefined
  try {
    found = (await database.all<{ value: string }>("select value from setting where name = 'root-key'"))[0]?.value
  } catch {
    return // no such table: a new database
  }
  if (found !== undefined && found !== root.id) {
    throw new StartError(
      'the data was sealed under another root key: give the root key it was made with, or choose another data folder',
    )
  }
}

/** The lower-case GUID that names this installation's directory of principals, made once. */
export function tenantIdOf(store: InstallationStore): Promise<string> {
  return store.settleSetting('tenant-id', randomUUID())
}

export interface TlsIdentity {
  /** PEM, with the chain. */
  readonly cert: string
  readonly key: string
  /** PEM of the authority that clients are to trust. */
  readonly caCertificate: string
}

/** The installation's own certificate authority, made once, and its leaf, made anew when it no longer serves. */
export async function tlsIdentity(
  store: InstallationStore,
  sealing: InstallationSealing,
  names: LeafNames,
  now: Date,
): Promise<TlsIdentity> {
  const load = async (name: string) => {
    const certificate = await store.setting(`${name}-certificate`)
    const sealed = await store.sealedItem(`${name}-key`)
    if (certificate === undefined || sealed === undefined) return undefined
    return { certificate, privateKey: Buffer.from(sealing.open(`${name}-key`, sealed)).toString() }
  }
  const keep = async (name: string, pair: { certificate: string; privateKey: string }) => {
    await store.putSealedItem(`${name}-key`, sealing.seal(`${name}-key`, Buffer.from(pair.privateKey)))
    await store.putSetting(`${name}-certificate`, pair.certificate)
    return pair
  }
  const authority = (await load('ca')) ?? (await keep('ca', await createAuthority(now)))
  const kept = await load('tls')
  const leaf =
    kept !== undefined && leafIsCurrent(kept.certificate, names, now)
      ? kept
      : await keep('tls', await issueLeaf(authority, names, now))
  return {
    cert: `${leaf.certificate.trim()}\n${authority.certificate.trim()}\n`,
    key: leaf.privateKey,
    caCertificate: authority.certificate,
  }
}

/** Gives a vault its first key, where it has none. */
export async function ensureVaultKey(
  store: InstallationStore,
  root: RootKey,
  keys: VaultKeys,
  vault: string,
): Promise<void> {
  if (keys.has(vault)) return
  const key = newVaultKey(root, vault, 1)
  await store.addVaultKey(key)
  keys.add(key)
}
