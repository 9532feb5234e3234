/** What a caller may do to secrets, in the names of Azure's role definitions. */
export type DataAction = (typeof dataActions)[number]

export const dataActions = [
  'Microsoft.KeyVault/vaults/secrets/getSecret/action',
  'Microsoft.KeyVault/vaults/secrets/readMetadata/action',
  'Microsoft.KeyVault/vaults/secrets/setSecret/action',
  'Microsoft.KeyVault/vaults/secrets/update/action',
  'Microsoft.KeyVault/vaults/secrets/delete',
  'Microsoft.KeyVault/vaults/secrets/recover/action',
  'Microsoft.KeyVault/vaults/secrets/backup/action',
  'Microsoft.KeyVault/vaults/secrets/restore/action',
  'Microsoft.KeyVault/vaults/secrets/purge/action',
] as const

export interface Role {
  /** The id this role has in every Azure directory. */
  readonly id: string
  readonly name: string
  /** `*` stands for any characters, slashes too. */
  readonly dataActions: readonly string[]
}

/** @see https://learn.microsoft.com/azure/key-vault/general/rbac-guide */
export const builtInRoles = {
  administrator: {
    id: '00482a5a-887f-4fb3-b363-3b7fe8e74483',
    name: 'Key Vault Administrator',
    dataActions: ['Microsoft.KeyVault/vaults/*'],
  },
  secretsOfficer: {
    id: 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7',
    name: 'Key Vault Secrets Officer',
    dataActions: ['Microsoft.KeyVault/vaults/secrets/*'],
  },
  secretsUser: {
    id: '4633458b-17de-408a-b874-0445c86b69e6',
    name: 'Key Vault Secrets User',
    dataActions: [
      'Microsoft.KeyVault/vaults/secrets/getSecret/action',
      'Microsoft.KeyVault/vaults/secrets/readMetadata/action',
    ],
  },
  reader: {
    id: '21090545-7ca7-4776-b22c-e363652d74d2',
    name: 'Key Vault Reader',
    dataActions: ['Microsoft.KeyVault/vaults/*/read', 'Microsoft.KeyVault/vaults/secrets/readMetadata/action'],
  },
} satisfies Record<string, Role>

const roles: readonly Role[] = Object.values(builtInRoles)

// The actions are few and known, so the wildcards are worked out once and a request costs one look into a set.
const granted = new Map(roles.map((role) => [role.id, new Set(dataActions.filter((action) => matches(role, action)))]))

/** An unknown role grants nothing. */
export function roleGrants(roleId: string, action: DataAction): boolean {
  return granted.get(roleId)?.has(action) ?? false
}

/** By id or by name, in any case. */
export function findRole(idOrName: string): Role | undefined {
  const sought = idOrName.toLowerCase()
  return roles.find((role) => role.id === sought || role.name.toLowerCase() === sought)
}

function matches(role: Role, action: DataAction): boolean {
  return role.dataActions.some((pattern) => {
    const literal = pattern.split('*').map((part) => part.replaceAll(/[.\\+?^${}()|[\]]/g, '\\$&'))
    return new RegExp(`^${literal.join('.*')}$`, 'i').test(action)
  })
}
