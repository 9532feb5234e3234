import { covers, type RoleAssignment } from './role-assignment.js'
import { type DataAction, roleGrants } from './roles.js'

export interface AccessQuestion {
  /** Object id of the caller. */
  readonly principalId: string
  readonly action: DataAction
  readonly scope: string
  /** At least those of the vault in question; others do no harm. */
  readonly assignments: readonly RoleAssignment[]
}

export type AccessDecision =
  | { readonly allowed: true; readonly assignment: RoleAssignment }
  | {
      readonly allowed: false
      /** `NotAssigned`: no role of the caller holds in this scope. `ActionNotGranted`: those that do lack the action. */
      readonly reason: 'NotAssigned' | 'ActionNotGranted'
    }

/** Whether a caller may do something somewhere, and by which assignment. What nobody has assigned is denied. */
export function decide({ principalId, action, scope, assignments }: AccessQuestion): AccessDecision {
  let denied: AccessDecision = notAssigned
  for (const assignment of assignments) {
    if (assignment.principalId !== principalId || !covers(assignment.scope, scope)) continue
    if (roleGrants(assignment.roleId, action)) return { allowed: true, assignment }
    denied = actionNotGranted
  }
  return denied
}

const notAssigned: AccessDecision = { allowed: false, reason: 'NotAssigned' }
const actionNotGranted: AccessDecision = { allowed: false, reason: 'ActionNotGranted' }
