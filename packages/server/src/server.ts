/** The one file that knows every folder: it wires the vault's rules to store, sealing, authority, access and HTTP. */
import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { getRequestListener } from '@hono/node-server'
import { createAccessControl } from './access/access-control.js'
import { type RoleAssignment, vaultScope } from './access/role-assignment.js'
import { createApplications } from './authority/applications.js'
import { createAuthorityApp, issuerOf } from './authority/authority-app.js'
import { openSigningKeys } from './authority/signing-keys.js'
import { createTokenIssuer } from './authority/token-issuer.js'
import { createTokenVerifier, type TokenVerifier } from './authority/token-verifier.js'
import { StartError } from './errors.js'
import { createDataPlane } from './http/data-plane.js'
import { listenOn } from './http/listen.js'
import { createNodeServer, type Services } from './http/node-server.js'
import { vaultHosts } from './http/vault-host.js'
import { checkRootKey, ensureVaultKey, tenantIdOf, tlsIdentity } from './installation.js'
import { cursorSealing } from './sealing/cursor-sealing.js'
import { installationSealing } from './sealing/installation-sealing.js'
import type { RootKey } from './sealing/root-key.js'
import { valueSealing } from './sealing/value-sealing.js'
import { vaultKeys } from './sealing/vault-keys.js'
import { lockFolder } from './store/folder-lock.js'
import { migrate } from './store/sql.js'
import { authorityMigrations, sqlAuthorityStore } from './store/sql-authority-store.js'
import { installationMigrations, sqlInstallationStore } from './store/sql-installation-store.js'
import { sqlVaultStore, vaultMigrations } from './store/sql-vault-store.js'
import { openSqlite } from './store/sqlite.js'
import type { VersionId } from './vault/secret.js'
import { createVault } from './vault/vault.js'
import type { NewVault, VaultSettings } from './vault/vault-settings.js'
import { createVaults } from './vault/vaults.js'

export interface ServerOptions {
  readonly rootKey: RootKey
  /** Where the data is kept. Left out: in memory, gone at the end. */
  readonly folder?: string
  /** 8443 by default; 0 takes a free one. */
  readonly port?: number
  /** 127.0.0.1 and ::1 by default. */
  readonly addresses?: readonly string[]
  /** Vaults are at `NAME.SUFFIX`; `vault.localhost` by default. */
  readonly suffix?: string
  /** The host name by which clients reach the authority; `localhost` by default. */
  readonly authorityHost?: string
  /** Sent as `x-ms-keyvault-region`; `local` by default. */
  readonly region?: string
  /** Milliseconds since 1970; `Date.now` by default. For tests. */
  readonly clock?: () => number
  /** Takes one line for each fault of the server. Standard error by default. */
  readonly log?: (line: string) => void
}

export interface StrongroomServer extends AsyncDisposable {
  readonly port: number
  /** `https://localhost:8443`: where official credentials are pointed to. */
  readonly authorityUrl: string
  readonly tenantId: string
  /** What tokens are issued for: `https://vault.localhost:8443`. */
  readonly audience: string
  /** PEM of the authority that clients are to trust. */
  readonly caCertificate: string
  vaultUrl(name: string): string
  vaults(): VaultSettings[]
  createVault(vault: NewVault): Promise<VaultSettings>
  /** For good: purge protection cannot be switched off again. */
  enablePurgeProtection(vault: string): Promise<VaultSettings>
  /** The secret is shown this once, and kept as a hash. */
  addApplication(displayName: string): Promise<{ clientId: string; objectId: string; clientSecret: string }>
  removeApplication(clientId: string): Promise<void>
  /** A bearer secret for the managed-identity endpoint. Shown this once. */
  addIdentityHeader(clientId: string): Promise<string>
  acceptsClientSecret(clientId: string, clientSecret: string): Promise<boolean>
  /** @param assignment - `role` by id or name */
  assignRole(assignment: { principalId: string; role: string; vault: string }): Promise<RoleAssignment>
  removeAssignment(id: string, vault: string): Promise<void>
  rotateSigningKey(): Promise<void>
  /** Purges what is due, as the server does by itself every few seconds. @returns how many secrets */
  purgeDue(): Promise<number>
  /** Finishes the requests under way, and lets go of the data. */
  close(): Promise<void>
}

/**
 * Opens the data, checks that it belongs to the root key, and serves.
 * @throws {StartError} with one sentence and the way out
 */
export async function openServer(options: ServerOptions): Promise<StrongroomServer> {
  const cleanUp: (() => void | Promise<void>)[] = []
  const close = async () => {
    for (const step of cleanUp.splice(0).reverse()) await step()
  }
  try {
    return await open(options, cleanUp, close)
  } catch (error) {
    await close()
    throw asStartError(error)
  }
}

async function open(
  options: ServerOptions,
  cleanUp: (() => void | Promise<void>)[],
  close: () => Promise<void>,
): Promise<StrongroomServer> {
  const {
    rootKey: root,
    folder,
    port = 8443,
    addresses = ['127.0.0.1', '::1'],
    suffix = 'vault.localhost',
    authorityHost = 'localhost',
    region = 'local',
    clock = Date.now,
    log = (line: string) => process.stderr.write(`${line}\n`),
  } = options
  const now = () => Math.floor(clock() / 1000)

  // Store and keys.
  if (folder !== undefined) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    cleanUp.push(lockFolder(folder))
  }
  const database = openSqlite(folder === undefined ? ':memory:' : join(folder, 'strongroom.db'))
  cleanUp.push(() => database.close())
  await checkRootKey(database, root)
  await migrate(database, 'installation', installationMigrations)
  await migrate(database, 'vault', vaultMigrations)
  await migrate(database, 'authority', authorityMigrations)
  const installation = sqlInstallationStore(database)
  await installation.settleSetting('root-key', root.id)
  const keys = vaultKeys(root)
  for (const key of await installation.vaultKeys()) keys.add(key)
  const sealing = installationSealing(root)
  const tenantId = await tenantIdOf(installation)
  const tls = await tlsIdentity(
    installation,
    sealing,
    { dns: [...new Set([authorityHost, 'localhost', `*.${suffix}`])], ip: ['127.0.0.1', '::1'] },
    new Date(clock()),
  )

  // The vaults.
  const store = sqlVaultStore(database)
  const vault = createVault({
    store,
    sealing: valueSealing(root, keys),
    now,
    newVersionId: () => randomUUID().replaceAll('-', '') as VersionId,
  })
  const vaults = await createVaults({
    store,
    now,
    prepare: (name) => ensureVaultKey(installation, root, keys, name),
  })

  // Who calls, and what they may do.
  let verifier: TokenVerifier | undefined
  const forgetTokens = () => verifier?.forgetAll()
  const authorityStore = sqlAuthorityStore(database)
  const access = await createAccessControl({ store: authorityStore, newId: randomUUID })
  const onFault = (what: string, error: unknown) => log(`strongroom: ${what}: ${describe(error)}`)
  const signingKeys = await openSigningKeys({
    store: authorityStore,
    sealing,
    now: clock,
    onChange: forgetTokens,
    onFault: (error) => onFault('signing keys', error),
  })
  cleanUp.push(() => signingKeys.close())
  const applications = createApplications({
    store: authorityStore,
    now: clock,
    onRemoved: (objectId) => access.removeAllOf(objectId),
    onRevoked: forgetTokens,
  })

  // The wire. Which port it is may be known only once it listens, and all below it speaks of the port.
  let services: Services | undefined
  const vaultHost = vaultHosts(suffix)
  const listening = await listenOn(
    () => createNodeServer({ tls, vaultHost, suffix, region, services: () => services, onFault }),
    addresses,
    port,
  )
  cleanUp.push(() => listening.close())
  const portSuffix = listening.port === 443 ? '' : `:${listening.port}`
  const authorityUrl = `https://${authorityHost}${portSuffix}`
  const audience = `https://${suffix}${portSuffix}`
  const audiences = [...new Set([audience, `https://${suffix}`, 'https://vault.azure.net'])]
  const issuer = issuerOf(authorityUrl, tenantId)
  verifier = createTokenVerifier({
    issuer,
    tenantId,
    audiences,
    keyOf: signingKeys.publicKeyOf,
    principalExists: applications.principalExists,
    now: clock,
  })
  const authority = createAuthorityApp({
    authorityUrl,
    tenantId,
    audiences,
    applications,
    keys: signingKeys,
    tokens: createTokenIssuer({ keys: signingKeys, issuer, tenantId, now: clock }),
    now: clock,
    onFault: (error) => onFault('authority', error),
  })
  services = {
    isAuthority: (host) => isHostOf(host, [authorityHost, 'localhost', '127.0.0.1', '[::1]']),
    authority: getRequestListener(authority.fetch),
    dataPlane: createDataPlane({
      vault,
      settingsOf: vaults.get,
      verifyToken: verifier.verify,
      allows: (principal, action, vaultName, secret) =>
        access.decide(principal.objectId, action, vaultName, secret).allowed,
      cursors: cursorSealing(root),
      authority: `${authorityUrl}/${tenantId}`,
      region,
      now,
    }),
  }

  // What happens by itself.
  const purging = setInterval(() => {
    vault.purgeDue().catch((error) => onFault('scheduled purge', error))
  }, purgeEveryMilliseconds)
  purging.unref()
  cleanUp.push(() => clearInterval(purging))

  return {
    port: listening.port,
    authorityUrl,
    tenantId,
    audience,
    caCertificate: tls.caCertificate,
    vaultUrl: (name) => `https://${name.toLowerCase()}.${suffix}${portSuffix}`,
    vaults: vaults.all,
    createVault: vaults.create,
    enablePurgeProtection: vaults.enablePurgeProtection,
    async addApplication(displayName) {
      const { clientId, objectId } = await applications.create(displayName)
      const { value } = await applications.addSecret(clientId, { name: 'first' })
      return { clientId, objectId, clientSecret: value.reveal() }
    },
    async removeApplication(clientId) {
      await applications.remove(clientId)
    },
    async addIdentityHeader(clientId) {
      return (await applications.addManagedIdentityHeader(clientId, { name: 'first' })).value.reveal()
    },
    acceptsClientSecret: async (clientId, clientSecret) =>
      (await applications.authenticateBySecret(clientId, clientSecret)) !== undefined,
    assignRole: ({ principalId, role, vault: name }) => access.assign(principalId, role, vaultScope(name)),
    async removeAssignment(id, name) {
      await access.remove(name, id)
    },
    async rotateSigningKey() {
      await signingKeys.rotate()
    },
    purgeDue: vault.purgeDue,
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** A purge happens at most this long after its time. */
const purgeEveryMilliseconds = 5_000

/** Whether a Host header is one of these names, at any port. */
function isHostOf(header: string, names: readonly string[]): boolean {
  return names.includes(header.toLowerCase().replace(/:\d+$/, ''))
}

/** For the log. Errors of ours and of our libraries name objects and rules, never values. */
function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/** What a user can mend, in one sentence; anything else as it is. */
function asStartError(error: unknown): unknown {
  const { code, path, message } = error as NodeJS.ErrnoException
  if (error instanceof StartError) return error
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new StartError(
      `${path ?? 'the data folder'} cannot be used (${code}): give this user the right to write there`,
    )
  }
  if (code === 'SQLITE_CANTOPEN' || code === 'SQLITE_READONLY') {
    return new StartError('the data folder cannot be written: give this user the right to write there')
  }
  if (code === 'SQLITE_NOTADB' || code === 'SQLITE_CORRUPT') {
    return new StartError(`the data is damaged (${message}): restore the data folder from a copy; nothing was changed`)
  }
  return error
}
