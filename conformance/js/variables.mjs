/**
 * Credentials that take everything from environment variables: no option and no address in the program. The harness sets
 * the variables of one route (a managed identity, or the tenant named `adfs`), as a deployment would.
 */
import assert from 'node:assert/strict'
import { check } from './checks.mjs'
import { clientOf } from './clients.mjs'

export async function variables(run) {
  for (const [name, make] of Object.entries(credentialsFor(run))) {
    await check(`${name}: the whole life of a secret`, async () => {
      const client = clientOf(run, {}, make())
      const secret = `variables-${name.toLowerCase()}`
      await client.setSecret(secret, 'one')
      await client.updateSecretProperties(secret, '', { tags: { through: name } })
      const read = await client.getSecret(secret)
      assert.equal(read.value, 'one')
      assert.deepEqual({ ...read.properties.tags }, { through: name })
      const listed = []
      for await (const { name } of client.listPropertiesOfSecrets()) listed.push(name)
      assert.ok(listed.includes(secret))
      const backup = await client.backupSecret(secret)
      await (await client.beginDeleteSecret(secret, { intervalInMs: 20 })).pollUntilDone()
      await client.purgeDeletedSecret(secret)
      await client.restoreSecretBackup(backup)
      assert.equal((await client.getSecret(secret)).value, 'one')
    })
  }
}

function credentialsFor({ args: [route], identity }) {
  if (route === 'managed-identity') {
    return {
      ManagedIdentityCredential: () => new identity.ManagedIdentityCredential(),
      DefaultAzureCredential: () => new identity.DefaultAzureCredential(),
    }
  }
  return {
    EnvironmentCredential: () => new identity.EnvironmentCredential(),
    DefaultAzureCredential: () => new identity.DefaultAzureCredential(),
  }
}
