import type { Operation } from '../operations/operation.js'

/** What an error is about, as far as it decides what to do next. */
export interface Situation {
  status: number
  code?: string | undefined
  innerCode?: string | undefined
  operation: Operation
}

/** The built-in role of least privilege that grants an operation. */
const roles: Record<Exclude<Operation, 'send'>, string> = {
  get: 'Key Vault Secrets User',
  list: 'Key Vault Secrets User',
  set: 'Key Vault Secrets Officer',
  update: 'Key Vault Secrets Officer',
  delete: 'Key Vault Secrets Officer',
  getDeleted: 'Key Vault Secrets Officer',
  recover: 'Key Vault Secrets Officer',
  purge: 'Key Vault Secrets Officer',
  backup: 'Key Vault Secrets Officer',
  restore: 'Key Vault Secrets Officer',
}

/** What to do next when no answer came. @param code - the system's or this client's */
export function networkHint(code: string | undefined): string | undefined {
  if (code === undefined) return undefined
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return "Check the vault's name and the network's name resolution."
  if (code === 'ECONNREFUSED') return 'Check that the vault is running, and its port.'
  if (code === 'EPROXY') return 'Check the proxy: the option proxyOptions, or HTTPS_PROXY in the environment.'
  if (code === 'ETIMEDOUT') return 'Check network rules, firewalls and proxies between here and the vault.'
  if (/ALTNAME/.test(code)) return "The certificate is for another name: check the vault's URL."
  if (/CERT|ISSUER|SIGNATURE/.test(code)) {
    return "Nobody vouches for the vault's certificate: trust its authority with the option caCertificate."
  }
  return undefined
}

/** What to do next about a refusal, in one sentence; `undefined` where the message says all there is. */
export function hintFor({ status, code, innerCode, operation }: Situation): string | undefined {
  switch (innerCode) {
    case 'SecretDisabled':
      return 'Enable the version with updateSecretProperties(name, version, { enabled: true }), or set a new one.'
    case 'ObjectIsDeletedButRecoverable':
      return 'Bring the secret back with beginRecoverDeletedSecret, or free its name with purgeDeletedSecret.'
    case 'ObjectIsBeingDeleted':
      return 'Wait until the deletion is done (pollUntilDone), then recover or purge the secret.'
    case 'ObjectIsBeingRecovered':
      return 'Wait until the recovery is done (pollUntilDone), then try again.'
    case 'ForbiddenByFirewall':
      return "Allow the caller's address in the vault's network rules."
    case 'ForbiddenByConnection':
      return 'The vault takes requests over a private link only: call it from a network that has one.'
    case 'ForbiddenByPolicy':
    case 'AccessDenied':
      return `Grant the caller the secret permission for this ("${operation}") in the vault's access policies.`
    case 'ForbiddenByRbac':
      return operation === 'send'
        ? 'Grant the caller a role that allows this at the vault or the secret; new assignments can take minutes to work.'
        : `Grant the caller the role "${roles[operation]}" at the vault or the secret; new assignments can take minutes to work.`
  }
  switch (status) {
    case 401:
      return "Check that the credential belongs to the vault's tenant and may ask for tokens for this vault."
    case 404:
      if (code === 'SecretNotFound' && operation !== 'getDeleted') {
        return 'Check the name with listPropertiesOfSecrets, and with listDeletedSecrets whether it was deleted.'
      }
      return undefined
    case 409:
      return operation === 'restore'
        ? 'A backup restores only where the name is free: delete and purge the secret first, or restore into another vault.'
        : undefined
    case 429:
      return 'Ask less often, or spread the secrets over several vaults: limits count per vault.'
    default:
      return undefined
  }
}
