import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decide } from './decide.js'
import { covers, type RoleAssignment, secretScope, vaultOfScope, vaultScope } from './role-assignment.js'
import { builtInRoles, type DataAction, dataActions, findRole, roleGrants } from './roles.js'

const getSecret = 'Microsoft.KeyVault/vaults/secrets/getSecret/action'
const readMetadata = 'Microsoft.KeyVault/vaults/secrets/readMetadata/action'
const alice = 'aaaaaaaa-0000-4000-8000-000000000001'
const bob = 'bbbbbbbb-0000-4000-8000-000000000002'

function assigned(roleId: string, scope: string, principalId = alice): RoleAssignment {
  return { id: `${roleId}@${scope}`, principalId, roleId, scope }
}
const mayAlice = (action: DataAction, scope: string, ...assignments: RoleAssignment[]) =>
  decide({ principalId: alice, action, scope, assignments }).allowed

describe('the built-in roles', () => {
  const actionsOf = (roleId: string) => dataActions.filter((action) => roleGrants(roleId, action))

  it('give an administrator and a secrets officer every action on secrets', () => {
    expect(actionsOf(builtInRoles.administrator.id)).toEqual(dataActions)
    expect(actionsOf(builtInRoles.secretsOfficer.id)).toEqual(dataActions)
  })
  it('let a secrets user read values and list, and nothing else', () => {
    expect(actionsOf(builtInRoles.secretsUser.id)).toEqual([getSecret, readMetadata])
  })
  it('let a reader list, and see no value', () => {
    expect(actionsOf(builtInRoles.reader.id)).toEqual([readMetadata])
  })
  it.each([
    ['Key Vault Contributor', 'f25e0fa2-a7c8-4377-a976-54943a77a395'],
    ['Key Vault Data Access Administrator', '8b54135c-b56d-4d72-a534-26097cfdc8d8'],
    ['Key Vault Purge Operator', 'a68e7c17-0ab2-4c09-9a58-125dae29748c'],
    ['a role that nobody knows', '00000000-0000-0000-0000-000000000000'],
  ])('give nothing to %s', (_, id) => {
    expect(actionsOf(id)).toEqual([])
  })
  it('are found by id and by name, in any case', () => {
    expect(findRole('key vault READER')).toBe(builtInRoles.reader)
    expect(findRole(builtInRoles.reader.id.toUpperCase())).toBe(builtInRoles.reader)
    expect(findRole('Owner')).toBeUndefined()
  })
})

describe('a scope', () => {
  it('covers itself and what lies below, in any case', () => {
    expect(covers('/vaults/dev', '/vaults/dev')).toBe(true)
    expect(covers('/Vaults/DEV', '/vaults/dev/secrets/db')).toBe(true)
    expect(covers('/vaults/dev/secrets/DB', '/vaults/dev/secrets/db')).toBe(true)
  })
  it('says nothing about a name that only begins alike', () => {
    expect(covers('/vaults/a', '/vaults/ab')).toBe(false)
    expect(covers('/vaults/a/secrets/db', '/vaults/a/secrets/db-2')).toBe(false)
  })
  it('of a secret does not cover its vault', () => {
    expect(covers('/vaults/dev/secrets/db', '/vaults/dev')).toBe(false)
  })
  it.each(['', '/', '/vaults', '/vaults/', '/vaults/dev/'])('covers nothing when it is %j', (scope) => {
    expect(covers(scope, '/vaults/dev/secrets/db')).toBe(false)
  })
  it('names its vault, unless it is no scope', () => {
    expect(vaultOfScope('/vaults/Dev/secrets/DB')).toBe('dev')
    expect(vaultOfScope('/vaults/dev')).toBe('dev')
    for (const text of [
      '',
      '/',
      '/vaults/',
      '/vaults/a/b',
      '/vaults/a/secrets/',
      '/vaults/a/secrets/b/c',
      '/vaults/a\n',
    ])
      expect(vaultOfScope(text), text).toBeUndefined()
  })
})

describe('the decision', () => {
  it('names the assignment that allows', () => {
    const officer = assigned(builtInRoles.secretsOfficer.id, vaultScope('dev'))
    expect(
      decide({ principalId: alice, action: getSecret, scope: secretScope('dev', 'db'), assignments: [officer] }),
    ).toEqual({ allowed: true, assignment: officer })
  })
  it('tells a caller without a role here from one whose role lacks the action', () => {
    const reader = assigned(builtInRoles.reader.id, vaultScope('dev'))
    const ask = (principalId: string) =>
      decide({ principalId, action: getSecret, scope: secretScope('dev', 'db'), assignments: [reader] })
    expect(ask(alice)).toEqual({ allowed: false, reason: 'ActionNotGranted' })
    expect(ask(bob)).toEqual({ allowed: false, reason: 'NotAssigned' })
  })
  it('for one secret opens that secret only, and no list', () => {
    const user = assigned(builtInRoles.secretsUser.id, secretScope('dev', 'db'))
    expect(mayAlice(getSecret, secretScope('dev', 'DB'), user)).toBe(true)
    expect(mayAlice(getSecret, secretScope('dev', 'other'), user)).toBe(false)
    expect(mayAlice(readMetadata, vaultScope('dev'), user)).toBe(false)
  })

  const name = fc.constantFrom('a', 'ab', 'A', 'b', 'b-c')
  const scope = fc.oneof(
    name.map(vaultScope),
    fc.tuple(name, name).map(([vault, secret]) => secretScope(vault, secret)),
  )
  const anyAssignment = fc.record({
    id: fc.uuid(),
    principalId: fc.constantFrom(alice, bob),
    roleId: fc.constantFrom(...Object.values(builtInRoles).map((role) => role.id), 'unknown'),
    scope,
  })
  const question = fc.record({
    principalId: fc.constantFrom(alice, bob),
    action: fc.constantFrom(...dataActions),
    scope,
    assignments: fc.array(anyAssignment, { maxLength: 6 }),
  })

  it('allows nothing without an assignment of the caller that covers the scope and grants the action', () => {
    fc.assert(
      fc.property(question, (asked) => {
        const reasons = asked.assignments.filter(
          (one) =>
            one.principalId === asked.principalId &&
            roleGrants(one.roleId, asked.action) &&
            `${asked.scope}/`.toLowerCase().startsWith(`${one.scope}/`.toLowerCase()),
        )
        expect(decide(asked).allowed).toBe(reasons.length > 0)
      }),
    )
  })
  it('never allows more once an assignment is gone', () => {
    fc.assert(
      fc.property(question, fc.nat(5), (asked, gone) => {
        const fewer = asked.assignments.filter((_, index) => index !== gone)
        if (decide({ ...asked, assignments: fewer }).allowed) expect(decide(asked).allowed).toBe(true)
      }),
    )
  })
  it('does not depend on the assignments of other vaults', () => {
    fc.assert(
      fc.property(question, (asked) => {
        const vault = vaultOfScope(asked.scope)
        const here = asked.assignments.filter((one) => vaultOfScope(one.scope) === vault)
        expect(decide({ ...asked, assignments: here })).toEqual(decide(asked))
      }),
    )
  })
})
