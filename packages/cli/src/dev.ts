import { randomBytes } from 'node:crypto'
import { ClientSecretCredential, SecretClient } from '@strongroom/secrets'
import { openServer, type StrongroomServer } from '@strongroom/server'
import { devExamples } from './dev-examples.js'
import { type DevCredential, devFolder, readCredential, rootKeyOf, writePrivate } from './dev-folder.js'

const vaultName = 'dev'

/** `strongroom dev`: a vault that is ready at once, proves itself, says how to call it, and runs until it is stopped. */
export async function runDev(options: { folder: string; port: number }): Promise<void> {
  const folder = devFolder(options.folder)
  const server = await openServer({ rootKey: rootKeyOf(folder), folder: folder.data, port: options.port })
  const stopped = stopSignal()
  try {
    const credential = await devCredential(server, readCredential(folder.credential))
    writePrivate(folder.credential, `${JSON.stringify(credential, null, 2)}\n`)
    writePrivate(folder.tokenRequest, tokenRequest(server, credential))
    writePrivate(folder.caCertificate, credential.caCertificate, 0o644)
    await proveItself(credential)
    process.stdout.write(`Strongroom is ready: it has set and read back a secret.

Vault       ${credential.vaultUrl}
Credential  ${folder.credential}
Trust       ${folder.caCertificate}
Root key    ${folder.rootKey}  (back it up: without it the data in ${folder.data} stays closed)

${devExamples(folder, credential)}
Ctrl-C stops it; the next start keeps every secret.
`)
    await stopped
    process.stdout.write('Stopped.\n')
  } finally {
    await server.close()
  }
}

/** The application's credential as kept; made anew where it is missing or no longer this server's. */
async function devCredential(server: StrongroomServer, kept: DevCredential | undefined): Promise<DevCredential> {
  if (server.vaults().every(({ name }) => name !== vaultName)) await server.createVault({ name: vaultName })
  const where = {
    vaultUrl: server.vaultUrl(vaultName),
    authorityHost: server.authorityUrl,
    tenantId: server.tenantId,
    caCertificate: server.caCertificate,
  }
  if (kept !== undefined && (await server.acceptsClientSecret(kept.clientId, kept.clientSecret))) {
    return { ...where, clientId: kept.clientId, clientSecret: kept.clientSecret }
  }
  const { clientId, clientSecret, objectId } = await server.addApplication('dev')
  await server.assignRole({ principalId: objectId, role: 'Key Vault Administrator', vault: vaultName })
  return { ...where, clientId, clientSecret }
}

function tokenRequest(server: StrongroomServer, { clientId, clientSecret }: DevCredential): string {
  return new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    scope: `${server.audience}/.default`,
  }).toString()
}

/** Through the whole stack, as an application would: what was set can be read back. Leaves nothing behind. */
async function proveItself({ vaultUrl, tenantId, clientId, clientSecret, ...trust }: DevCredential): Promise<void> {
  const credential = new ClientSecretCredential(tenantId, clientId, clientSecret, trust)
  await using client = new SecretClient(vaultUrl, credential, { caCertificate: trust.caCertificate })
  const name = `self-test-${randomBytes(8).toString('hex')}`
  const value = randomBytes(32).toString('base64')
  await client.setSecret(name, value)
  const { value: found } = await client.getSecret(name)
  await client.beginDeleteSecret(name)
  await client.purgeDeletedSecret(name)
  if (found !== value) throw new Error('the vault did not give back what was set')
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve())
  })
}
