import type { RoleAssignment } from './role-assignment.js'

/** What access asks of storage. Each method is one atomic step. */
export interface RoleAssignmentStore {
  /** Those of one vault and its secrets, or of all vaults. */
  roleAssignments(vault?: string): Promise<RoleAssignment[]>
  /** @returns the assignment that is kept: the one that is there, where principal, role and scope are the same */
  addRoleAssignment(vault: string, assignment: RoleAssignment): Promise<RoleAssignment>
  /** @returns whether there was one */
  removeRoleAssignment(vault: string, id: string): Promise<boolean>
  removeRoleAssignmentsOf(principalId: string): Promise<void>
}
