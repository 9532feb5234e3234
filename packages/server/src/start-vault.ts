import { randomBytes } from 'node:crypto'
import { type RootKey, rootKey } from './sealing/root-key.js'
import { openServer, type StrongroomServer } from './server.js'
import type { NewVault } from './vault/vault-settings.js'

export interface StartVaultOptions extends Partial<NewVault> {
  /** Milliseconds since 1970. */
  readonly clock?: () => number
  /** Keeps the data in this folder, under `rootKey`; left out, everything is in memory and gone at the end. */
  readonly folder?: string
  readonly rootKey?: RootKey
  readonly port?: number
  readonly log?: (line: string) => void
}

/** A vault for tests, with an application that is its administrator. */
export interface TestVault extends AsyncDisposable {
  /** `https://dev.vault.localhost:PORT` */
  readonly url: string
  readonly port: number
  readonly authorityUrl: string
  readonly tenantId: string
  readonly clientId: string
  readonly clientSecret: string
  /** For `IDENTITY_HEADER`, with `IDENTITY_ENDPOINT` at `AUTHORITY/msi/token`. */
  readonly identityHeader: string
  /** PEM of the authority to trust. */
  readonly caCertificate: string
  readonly server: StrongroomServer
  close(): Promise<void>
}

/** Starts a vault on a port of its own, in memory: `await using vault = await startVault()`. */
export async function startVault(options: StartVaultOptions = {}): Promise<TestVault> {
  const { name = 'dev', clock, folder, rootKey: key, port = 0, log, ...settings } = options
  const server = await openServer({
    rootKey: key ?? rootKey(randomBytes(32)),
    port,
    ...(folder !== undefined && { folder }),
    ...(clock && { clock }),
    ...(log && { log }),
  })
  try {
    if (server.vaults().every((vault) => vault.name !== name)) await server.createVault({ ...settings, name })
    const { clientId, objectId, clientSecret } = await server.addApplication('test')
    await server.assignRole({ principalId: objectId, role: 'Key Vault Administrator', vault: name })
    return {
      url: server.vaultUrl(name),
      port: server.port,
      authorityUrl: server.authorityUrl,
      tenantId: server.tenantId,
      clientId,
      clientSecret,
      identityHeader: await server.addIdentityHeader(clientId),
      caCertificate: server.caCertificate,
      server,
      close: () => server.close(),
      [Symbol.asyncDispose]: () => server.close(),
    }
  } catch (error) {
    await server.close()
    throw error
  }
}
