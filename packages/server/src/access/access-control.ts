import { type AccessDecision, decide } from './decide.js'
import { type RoleAssignment, secretScope, vaultOfScope, vaultScope } from './role-assignment.js'
import type { RoleAssignmentStore } from './role-assignment-store.js'
import { type DataAction, findRole } from './roles.js'

export type AccessErrorCode = 'BadParameter' | 'RoleNotFound'

export class AccessError extends Error {
  override readonly name = 'AccessError'
  readonly code: AccessErrorCode
  constructor(code: AccessErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

/** Who may do what, the assignments at hand in memory: every request asks. */
export interface AccessControl {
  /** @param secret - left out for what concerns the vault as a whole, such as a list */
  decide(principalId: string, action: DataAction, vault: string, secret?: string): AccessDecision
  /** Those of one vault and its secrets, or of all vaults. */
  list(vault?: string): RoleAssignment[]
  /**
   * Gives a role. Giving it again changes nothing.
   * @param role - id or name
   * @throws {AccessError} `RoleNotFound`, or `BadParameter` for a scope or a principal that is none
   */
  assign(principalId: string, role: string, scope: string): Promise<RoleAssignment>
  /** @returns whether there was such an assignment */
  remove(vault: string, id: string): Promise<boolean>
  /** To be called when a principal is gone. */
  removeAllOf(principalId: string): Promise<void>
  /** Reads the assignments anew, for what another process has changed. */
  refresh(): Promise<void>
}

export interface AccessControlNeeds {
  readonly store: RoleAssignmentStore
  readonly newId: () => string
}

export async function createAccessControl({ store, newId }: AccessControlNeeds): Promise<AccessControl> {
  // vault → principal → assignments
  let known = new Map<string, Map<string, RoleAssignment[]>>()

  async function refresh() {
    const found: typeof known = new Map()
    for (const assignment of await store.roleAssignments()) {
      const vault = vaultOfScope(assignment.scope)
      if (vault !== undefined) keep(found, vault, assignment)
    }
    known = found
  }
  await refresh()

  return {
    decide(principalId, action, vault, secret) {
      const assignments = known.get(vault.toLowerCase())?.get(principalId) ?? none
      const scope = secret === undefined ? vaultScope(vault) : secretScope(vault, secret)
      return decide({ principalId, action, scope, assignments })
    },
    list(vault) {
      const vaults = vault === undefined ? [...known.values()] : [known.get(vault.toLowerCase()) ?? new Map()]
      return vaults.flatMap((principals) => [...principals.values()].flat())
    },
    async assign(principalId, roleName, scope) {
      const role = findRole(roleName)
      if (role === undefined) throw new AccessError('RoleNotFound', `there is no role "${roleName}"`)
      const vault = vaultOfScope(scope)
      if (vault === undefined) {
        throw new AccessError('BadParameter', `"${scope}" is no scope: write /vaults/NAME or /vaults/NAME/secrets/NAME`)
      }
      if (!guid.test(principalId)) {
        throw new AccessError('BadParameter', `"${principalId}" is no principal: give its object id, a GUID`)
      }
      const assignment = await store.addRoleAssignment(vault, {
        id: newId(),
        principalId: principalId.toLowerCase(),
        roleId: role.id,
        scope: scope.toLowerCase(),
      })
      keep(known, vault, assignment)
      return assignment
    },
    async remove(vault, id) {
      const removed = await store.removeRoleAssignment(vault.toLowerCase(), id)
      const principals = known.get(vault.toLowerCase())
      for (const [principalId, assignments] of principals ?? []) {
        principals?.set(
          principalId,
          assignments.filter((one) => one.id !== id),
        )
      }
      return removed
    },
    async removeAllOf(principalId) {
      await store.removeRoleAssignmentsOf(principalId)
      for (const principals of known.values()) principals.delete(principalId)
    },
    refresh,
  }
}

const none: readonly RoleAssignment[] = []
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

function keep(into: Map<string, Map<string, RoleAssignment[]>>, vault: string, assignment: RoleAssignment): void {
  const principals = into.get(vault) ?? new Map<string, RoleAssignment[]>()
  const others = principals.get(assignment.principalId)?.filter((one) => one.id !== assignment.id) ?? []
  into.set(vault, principals.set(assignment.principalId, [...others, assignment]))
}
