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
  let known: Known = new Map()

  async function refresh() {
    const found: Known = new Map()
    for (const assignment of await store.roleAssignments()) {
      const vault = vaultOfScope(assignment.scope)
      if (vault !== undefined) keep(found, vault, assignment)
    }
    known = found
  }
  await refresh()

  return {
    decide(principalId, action, vault, secret) {
      const held = known.get(vault)?.get(principalId) ?? known.get(vault.toLowerCase())?.get(principalId) ?? none
      let whole = held.inWholeVault.get(action)
      if (whole === undefined) {
        whole = decide({ principalId, action, scope: vaultScope(vault), assignments: held.assignments })
        if (held !== none) held.inWholeVault.set(action, whole)
      }
      // What is allowed in the whole vault is allowed for each of its secrets.
      if (whole.allowed || secret === undefined) return whole
      return decide({ principalId, action, scope: secretScope(vault, secret), assignments: held.assignments })
    },
    list(vault) {
      const vaults = vault === undefined ? [...known.values()] : [known.get(vault.toLowerCase())]
      return vaults.flatMap((principals) => [...(principals?.values() ?? [])].flatMap((held) => held.assignments))
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
      for (const [principalId, { assignments }] of principals ?? []) {
        principals?.set(principalId, heldBy(assignments.filter((one) => one.id !== id)))
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

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** What a principal holds in one vault, and what was decided of it before. Replaced whole when an assignment changes. */
interface Held {
  readonly assignments: readonly RoleAssignment[]
  readonly inWholeVault: Map<DataAction, AccessDecision>
}

/** By vault, by principal. */
type Known = Map<string, Map<string, Held>>

const heldBy = (assignments: readonly RoleAssignment[]): Held => ({ assignments, inWholeVault: new Map() })
const none: Held = heldBy([])

function keep(into: Known, vault: string, assignment: RoleAssignment): void {
  const principals = into.get(vault) ?? new Map<string, Held>()
  const others = principals.get(assignment.principalId)?.assignments.filter((one) => one.id !== assignment.id) ?? []
  into.set(vault, principals.set(assignment.principalId, heldBy([...others, assignment])))
}
