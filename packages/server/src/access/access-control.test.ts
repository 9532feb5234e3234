import { randomUUID } from 'node:crypto'
import { beforeEach, expect, it } from 'vitest'
import { type AccessControl, createAccessControl } from './access-control.js'
import type { RoleAssignment } from './role-assignment.js'
import type { RoleAssignmentStore } from './role-assignment-store.js'
import { builtInRoles } from './roles.js'

const getSecret = 'Microsoft.KeyVault/vaults/secrets/getSecret/action'
const alice = randomUUID()
const bob = randomUUID()

let stored: (RoleAssignment & { vault: string })[]
let access: AccessControl
const store: RoleAssignmentStore = {
  roleAssignments: async () => stored.map(({ vault: _, ...assignment }) => assignment),
  async addRoleAssignment(vault, assignment) {
    const { principalId, roleId, scope } = assignment
    const same = stored.find(
      (one) => one.principalId === principalId && one.roleId === roleId && one.scope === scope && one.vault === vault,
    )
    if (same === undefined) stored.push({ ...assignment, vault })
    return { ...assignment, id: same?.id ?? assignment.id }
  },
  async removeRoleAssignment(vault, id) {
    const before = stored.length
    stored = stored.filter((one) => one.vault !== vault || one.id !== id)
    return stored.length < before
  },
  async removeRoleAssignmentsOf(principalId) {
    stored = stored.filter((one) => one.principalId !== principalId)
  },
}
const open = () => createAccessControl({ store, newId: randomUUID })
const mayGet = (principalId: string, vault: string, secret = 'db') =>
  access.decide(principalId, getSecret, vault, secret).allowed

beforeEach(async () => {
  stored = []
  access = await open()
})

it('a role is given, holds at once and after a restart, and is taken at once', async () => {
  expect(mayGet(alice, 'dev')).toBe(false)
  const { id } = await access.assign(alice.toUpperCase(), 'Key Vault Secrets User', '/vaults/Dev')
  expect(mayGet(alice, 'dev')).toBe(true)
  expect(mayGet(alice, 'DEV')).toBe(true)
  expect(mayGet(alice, 'prod')).toBe(false)
  expect(mayGet(bob, 'dev')).toBe(false)
  access = await open()
  expect(mayGet(alice, 'dev')).toBe(true)
  expect(await access.remove('dev', id)).toBe(true)
  expect(mayGet(alice, 'dev')).toBe(false)
  expect(await access.remove('dev', id)).toBe(false)
})
it('a role given twice is one assignment', async () => {
  const first = await access.assign(alice, builtInRoles.reader.id, '/vaults/dev')
  expect(await access.assign(alice, 'key vault reader', '/vaults/DEV')).toEqual(first)
  expect(access.list('dev')).toEqual([first])
  expect(stored).toHaveLength(1)
})
it('a role at one secret holds for no other', async () => {
  await access.assign(alice, 'Key Vault Secrets User', '/vaults/dev/secrets/db')
  expect(mayGet(alice, 'dev', 'DB')).toBe(true)
  expect(mayGet(alice, 'dev', 'other')).toBe(false)
})
it('the roles of a principal that is gone are gone in every vault', async () => {
  await access.assign(alice, 'Key Vault Administrator', '/vaults/dev')
  await access.assign(alice, 'Key Vault Administrator', '/vaults/prod')
  const bobs = await access.assign(bob, 'Key Vault Administrator', '/vaults/dev')
  await access.removeAllOf(alice)
  expect(mayGet(alice, 'dev') || mayGet(alice, 'prod')).toBe(false)
  expect(access.list()).toEqual([bobs])
})
it('what another process changed holds after a refresh', async () => {
  const other = await open()
  await other.assign(alice, 'Key Vault Secrets User', '/vaults/dev')
  expect(mayGet(alice, 'dev')).toBe(false)
  await access.refresh()
  expect(mayGet(alice, 'dev')).toBe(true)
})
it.each([
  [alice, 'Owner', '/vaults/dev', 'RoleNotFound'],
  [alice, 'Key Vault Reader', '/', 'BadParameter'],
  [alice, 'Key Vault Reader', '/vaults/dev/keys/k', 'BadParameter'],
  ['alice', 'Key Vault Reader', '/vaults/dev', 'BadParameter'],
])('principal %s, role %s, scope %s is refused as %s, and nothing is stored', async (principal, role, scope, code) => {
  await expect(access.assign(principal, role, scope)).rejects.toMatchObject({ code })
  expect(stored).toEqual([])
})
