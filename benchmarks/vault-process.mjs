/**
 * The server under measurement, in a process of its own: `node vault-process.mjs FOLDER`. Its first line on stdout says, as
 * JSON, how to call it. Plain JavaScript, since Node's TypeScript loader would stay in the memory that is measured.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createKeyFile, openServer, readKeyFile } from '@strongroom/server'

const folder = process.argv[2]
const keyFile = join(folder, 'root.key')
const credentialFile = join(folder, 'credential.json')
const vault = 'bench'

const rootKey = existsSync(keyFile) ? readKeyFile(keyFile) : createKeyFile(keyFile)
const server = await openServer({ rootKey, folder: join(folder, 'data'), port: 0 })

// Only at the first start: whoever opens the folder again is measured as it stands, with nothing made first.
if (!existsSync(credentialFile)) {
  await server.createVault({ name: vault })
  const { clientId, clientSecret, objectId } = await server.addApplication('bench')
  await server.assignRole({ principalId: objectId, role: 'Key Vault Administrator', vault })
  writeFileSync(credentialFile, JSON.stringify({ clientId, clientSecret }), { mode: 0o600 })
}

const { port, authorityUrl, tenantId, caCertificate, audience } = server
const { clientId, clientSecret } = JSON.parse(readFileSync(credentialFile, 'utf8'))
const access = {
  port,
  vaultUrl: server.vaultUrl(vault),
  authorityUrl,
  tenantId,
  audience,
  caCertificate,
  clientId,
  clientSecret,
}
process.stdout.write(`${JSON.stringify(access)}\n`)

process.once('SIGTERM', async () => {
  await server.close()
  process.exit()
})
