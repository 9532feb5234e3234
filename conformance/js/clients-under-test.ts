/** How each JavaScript client is run: its entry file, its trust, and how it finds `*.vault.localhost`. */
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { environment, type Program } from '../run-of-checks.ts'
import type { VaultUnderTest } from '../vault-under-test.ts'
import type { PackageSet } from './packages.ts'

const preload = pathToFileURL(join(dirname(fileURLToPath(import.meta.url)), 'resolve-localhost.mjs')).href

export type Client = 'official' | 'ours'

/** Whose credential a client is given; `variables` for those of `@azure/identity` that read environment variables alone. */
export type CredentialKind = '@azure/identity' | 'built-in' | 'variables'

export function programOf(
  set: PackageSet,
  client: Client,
  credential: CredentialKind,
  vault: VaultUnderTest,
  args: readonly string[],
  variables: Record<string, string> = {},
): Program {
  // What Microsoft's packages need from outside: trust from a variable that Node reads once at its start, and names that
  // resolve. Our client takes the certificate as an option and knows where localhost is.
  const azureRuns = client === 'official' || credential !== 'built-in'
  return {
    command: set.node,
    args: [...(client === 'official' ? ['--import', preload] : []), join(set.folder, `${client}.mjs`), ...args],
    cwd: set.folder,
    env: environment({
      ...(azureRuns && { NODE_EXTRA_CA_CERTS: vault.caCertificateFile }),
      CONFORMANCE_CLIENT: client === 'official' ? `official-${set.name}` : 'ours',
      CONFORMANCE_CREDENTIAL: credential,
      CONFORMANCE_VAULT_URL: vault.url,
      CONFORMANCE_CA_CERTIFICATE_FILE: vault.caCertificateFile,
      ...(credential !== 'variables' && {
        CONFORMANCE_AUTHORITY_URL: vault.authorityUrl,
        CONFORMANCE_TENANT_ID: vault.tenantId,
        CONFORMANCE_CLIENT_ID: vault.clientId,
        CONFORMANCE_CLIENT_SECRET: vault.clientSecret,
      }),
      ...variables,
    }),
  }
}

export function nameOf(set: PackageSet, client: Client, credential: CredentialKind): string {
  const packages = client === 'official' ? `@azure/keyvault-secrets ${set.secretsVersion}` : '@strongroom/secrets'
  if (credential === 'built-in') return `${packages}, its own credential`
  return `${packages}, identity ${set.identityVersion}`
}
