/** What an entry file can run. The first argument names the task, `CONFORMANCE_*` variables say against which vault. */
import { readFileSync } from 'node:fs'
import { tell } from './checks.mjs'
import { corpusTask } from './corpus-tasks.mjs'
import { scenario } from './scenario.mjs'
import { traits } from './traits.mjs'
import { variables } from './variables.mjs'

const tasks = { scenario, variables, corpus: corpusTask }

export async function run(packages) {
  const [task, ...args] = process.argv.slice(2)
  const { env } = process
  const vault = {
    url: env.CONFORMANCE_VAULT_URL,
    authorityUrl: env.CONFORMANCE_AUTHORITY_URL,
    tenantId: env.CONFORMANCE_TENANT_ID,
    clientId: env.CONFORMANCE_CLIENT_ID,
    clientSecret: env.CONFORMANCE_CLIENT_SECRET,
    retentionInDays: 90,
  }
  const protectedVault = {
    ...vault,
    url: env.CONFORMANCE_PROTECTED_VAULT_URL,
    clientId: env.CONFORMANCE_PROTECTED_CLIENT_ID,
    clientSecret: env.CONFORMANCE_PROTECTED_CLIENT_SECRET,
    retentionInDays: 7,
  }
  const reader = { clientId: env.CONFORMANCE_READER_CLIENT_ID, clientSecret: env.CONFORMANCE_READER_CLIENT_SECRET }
  const client = env.CONFORMANCE_CLIENT
  await tasks[task]({
    ...packages,
    vault,
    protectedVault,
    reader,
    clientName: client,
    credentialKind: env.CONFORMANCE_CREDENTIAL,
    traits: traits[client],
    trust: client === 'ours' ? { caCertificate: readFileSync(env.CONFORMANCE_CA_CERTIFICATE_FILE, 'utf8') } : {},
    args,
  })
  tell({ done: true })
  // Clients without a close() keep their sockets open.
  process.stdout.write('', () => process.exit(0))
}
