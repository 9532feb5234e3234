/** That a principal has a role in a scope. Ids are lower-case GUIDs. */
export interface RoleAssignment {
  readonly id: string
  /** Object id of the principal. */
  readonly principalId: string
  readonly roleId: string
  /** `/vaults/{vault}`, or `/vaults/{vault}/secrets/{name}`; in any case. */
  readonly scope: string
}

export const vaultScope = (vault: string): string => `/vaults/${vault}`

export const secretScope = (vault: string, name: string): string => `/vaults/${vault}/secrets/${name}`

/** The vault of a scope in lower case; `undefined` where the text is no scope. */
export function vaultOfScope(scope: string): string | undefined {
  return /^\/vaults\/([0-9a-z-]+)(?:\/secrets\/[0-9a-z-]+)?$/i.exec(scope)?.[1]?.toLowerCase()
}

/** Whether what is assigned at one scope holds in the other: the scope itself, and all that lies below it. */
export function covers(assigned: string, asked: string): boolean {
  // Nothing is assigned above a vault; `/vaults` would otherwise cover them all.
  if (assigned.length <= vaultsRoot.length) return false
  const above = assigned.toLowerCase()
  const below = asked.toLowerCase()
  if (!above.startsWith(vaultsRoot) || !below.startsWith(above)) return false
  return below.length === above.length || below[above.length] === '/'
}

const vaultsRoot = '/vaults/'
