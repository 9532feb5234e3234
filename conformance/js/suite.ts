/** The same scenario through the official clients, oldest and newest, and through ours, each against a vault of its own. */
import type { Outcome } from '../report.ts'
import { inTurn, type Run, runChecks } from '../run-of-checks.ts'
import { startTestVaults, type TestVaults } from '../vault-under-test.ts'
import { type Client, type CredentialKind, nameOf, programOf } from './clients-under-test.ts'
import { type PackageSet, packageSet } from './packages.ts'

export async function javascript(only: string | undefined): Promise<Outcome> {
  const sets = [packageSet('oldest'), packageSet('newest')]
  const planned = sets.flatMap((set) => [
    scenario(set, 'official', '@azure/identity'),
    scenario(set, 'ours', '@azure/identity'),
    scenario(set, 'ours', 'built-in'),
    ...(['official', 'ours'] as const).flatMap((client) => [
      variables(set, client, 'managed-identity', managedIdentity),
      variables(set, client, 'adfs', adfsTenant),
    ]),
  ])
  const chosen = planned.filter(({ title }) => only === undefined || title.includes(only))
  const runs = await inTurn(
    chosen.map(({ start }) => start),
    2,
  )
  return { runs, figures: { runs: runs.length } }
}

interface Planned {
  readonly title: string
  readonly start: () => Promise<Run>
}

function scenario(set: PackageSet, client: Client, credential: CredentialKind): Planned {
  const title = nameOf(set, client, credential)
  return {
    title: `${title} ${set.runtime}`,
    async start() {
      await using vault = await startTestVaults()
      return await runChecks(
        title,
        set.runtime,
        programOf(set, client, credential, vault, ['scenario'], {
          CONFORMANCE_PROTECTED_VAULT_URL: vault.protected.url,
          CONFORMANCE_PROTECTED_CLIENT_ID: vault.protected.clientId,
          CONFORMANCE_PROTECTED_CLIENT_SECRET: vault.protected.clientSecret,
          CONFORMANCE_READER_CLIENT_ID: vault.reader.clientId,
          CONFORMANCE_READER_CLIENT_SECRET: vault.reader.clientSecret,
        }),
      )
    },
  }
}

function variables(
  set: PackageSet,
  client: Client,
  route: string,
  of: (vault: TestVaults) => Record<string, string>,
): Planned {
  const title = `${nameOf(set, client, '@azure/identity')}, ${route} by variables`
  return {
    title: `${title} ${set.runtime}`,
    async start() {
      await using vault = await startTestVaults()
      return await runChecks(
        title,
        set.runtime,
        programOf(set, client, 'variables', vault, ['variables', route], of(vault)),
      )
    },
  }
}

function managedIdentity(vault: TestVaults): Record<string, string> {
  return { IDENTITY_ENDPOINT: `${vault.authorityUrl}/msi/token`, IDENTITY_HEADER: vault.identityHeader }
}

/** msal asks no public service about a tenant of this name, so a client secret works from variables alone. */
function adfsTenant(vault: TestVaults): Record<string, string> {
  return {
    AZURE_AUTHORITY_HOST: vault.authorityUrl,
    AZURE_TENANT_ID: 'adfs',
    AZURE_CLIENT_ID: vault.clientId,
    AZURE_CLIENT_SECRET: vault.clientSecret,
  }
}
