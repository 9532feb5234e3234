import { randomBytes, randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RoleAssignmentStore } from '../access/role-assignment-store.js'
import type { Application, AuthorityStore, Credential, StoredSigningKey } from '../authority/authority-store.js'

type Store = AuthorityStore & RoleAssignmentStore

/** What every store of the authority and of role assignments does, on whatever database. `open` gives an empty one. */
export function behavesLikeAnAuthorityStore(open: () => Promise<{ store: Store; close: () => Promise<void> }>): void {
  let store: Store
  let close: () => Promise<void>
  beforeEach(async () => {
    const opened = await open()
    store = opened.store
    close = opened.close
  })
  afterEach(() => close())

  const anApplication = (): Application => ({
    clientId: randomUUID(),
    objectId: randomUUID(),
    displayName: 'billing',
    createdAt: 1_000,
  })
  const aCredential = (clientId: string, changes: Partial<Credential> = {}): Credential => ({
    id: randomUUID(),
    clientId,
    kind: 'secret',
    name: 'first',
    createdAt: 1_000,
    expiresOn: undefined,
    ...changes,
  })
  const aSigningKey = (kid: string, createdAt = 1_000): StoredSigningKey => ({
    kid,
    createdAt,
    retiresAt: undefined,
    publicJwk: `{"kid":"${kid}"}`,
    sealedPrivateKey: randomBytes(16),
  })

  describe('applications', () => {
    it('are found by their client id', async () => {
      const [one, two] = [anApplication(), anApplication()]
      expect(await store.addApplication(one)).toBe(true)
      expect(await store.addApplication(two)).toBe(true)
      expect(await store.application(one.clientId)).toEqual(one)
      expect(await store.application(randomUUID())).toBeUndefined()
      expect(new Set(await store.applications())).toEqual(new Set([one, two]))
    })
    it('keep their client id to themselves', async () => {
      const one = anApplication()
      await store.addApplication(one)
      expect(await store.addApplication({ ...anApplication(), clientId: one.clientId })).toBe(false)
      expect(await store.application(one.clientId)).toEqual(one)
    })
    it('go together with their credentials', async () => {
      const [one, two] = [anApplication(), anApplication()]
      for (const application of [one, two]) {
        await store.addApplication(application)
        await store.addCredential(aCredential(application.clientId), `hash of ${application.clientId}`)
      }
      expect(await store.removeApplication(one.clientId)).toBe(true)
      expect(await store.removeApplication(one.clientId)).toBe(false)
      expect(await store.application(one.clientId)).toBeUndefined()
      expect(await store.credentials(one.clientId)).toEqual([])
      expect(await store.credentials(two.clientId)).toHaveLength(1)
    })
  })

  describe('credentials', () => {
    let application: Application
    beforeEach(async () => {
      application = anApplication()
      await store.addApplication(application)
    })
    it('are kept with their hashes, several at a time', async () => {
      const first = aCredential(application.clientId)
      const second = aCredential(application.clientId, { name: 'second', createdAt: 2_000, expiresOn: 9_000 })
      expect(await store.addCredential(first, 'h1')).toBe(true)
      expect(await store.addCredential(second, 'h2')).toBe(true)
      expect(await store.credentials(application.clientId)).toEqual([
        { ...first, hash: 'h1' },
        { ...second, hash: 'h2' },
      ])
    })
    it('are not added to an application that is not there', async () => {
      const clientId = randomUUID()
      expect(await store.addCredential(aCredential(clientId), 'h1')).toBe(false)
      expect(await store.credentials(clientId)).toEqual([])
    })
    it('are found by their hash, among those of their kind', async () => {
      const header = aCredential(application.clientId, { kind: 'managed-identity' })
      await store.addCredential(header, 'h1')
      expect(await store.credentialWithHash('managed-identity', 'h1')).toEqual(header)
      expect(await store.credentialWithHash('secret', 'h1')).toBeUndefined()
      expect(await store.credentialWithHash('managed-identity', 'h2')).toBeUndefined()
    })
    it('are removed one by one, and by their own application only', async () => {
      const [first, second] = [aCredential(application.clientId), aCredential(application.clientId)]
      await store.addCredential(first, 'h1')
      await store.addCredential(second, 'h2')
      expect(await store.removeCredential(randomUUID(), first.id)).toBe(false)
      expect(await store.removeCredential(application.clientId, first.id)).toBe(true)
      expect(await store.removeCredential(application.clientId, first.id)).toBe(false)
      expect((await store.credentials(application.clientId)).map(({ id }) => id)).toEqual([second.id])
    })
  })

  describe('signing keys', () => {
    it('retire when they are replaced, each at its own time', async () => {
      const [one, two, three] = [aSigningKey('one', 1_000), aSigningKey('two', 2_000), aSigningKey('three', 3_000)]
      await store.replaceSigningKey(one, 1_500)
      await store.replaceSigningKey(two, 2_500)
      await store.replaceSigningKey(three, 3_500)
      const keys = await store.signingKeys()
      expect(keys.map(({ kid, retiresAt }) => [kid, retiresAt])).toEqual([
        ['one', 2_500],
        ['two', 3_500],
        ['three', undefined],
      ])
      expect(Buffer.from(keys[0]?.sealedPrivateKey ?? [])).toEqual(Buffer.from(one.sealedPrivateKey))
      expect(keys[0]?.publicJwk).toBe(one.publicJwk)
    })
    it('are dropped once their time has come, and never while they sign', async () => {
      await store.replaceSigningKey(aSigningKey('one'), 0)
      await store.replaceSigningKey(aSigningKey('two'), 2_000)
      await store.dropRetiredSigningKeys(1_999)
      expect(await store.signingKeys()).toHaveLength(2)
      await store.dropRetiredSigningKeys(2_000)
      expect((await store.signingKeys()).map(({ kid }) => kid)).toEqual(['two'])
    })
  })

  describe('role assignments', () => {
    const anAssignment = (principalId: string, scope: string, roleId = 'role') => ({
      id: randomUUID(),
      principalId,
      roleId,
      scope,
    })
    it('are listed by vault, and all together', async () => {
      const dev = anAssignment('alice', '/vaults/dev')
      const prod = anAssignment('alice', '/vaults/prod/secrets/db')
      expect(await store.addRoleAssignment('dev', dev)).toEqual(dev)
      expect(await store.addRoleAssignment('prod', prod)).toEqual(prod)
      expect(await store.roleAssignments('dev')).toEqual([dev])
      expect(await store.roleAssignments('prod')).toEqual([prod])
      expect(await store.roleAssignments('none')).toEqual([])
      expect(await store.roleAssignments()).toEqual([dev, prod])
    })
    it('given twice are one, under the first id', async () => {
      const first = anAssignment('alice', '/vaults/dev')
      await store.addRoleAssignment('dev', first)
      expect(await store.addRoleAssignment('dev', anAssignment('alice', '/vaults/dev'))).toEqual(first)
      expect(await store.roleAssignments()).toEqual([first])
    })
    it('are removed by id, in their vault only', async () => {
      const one = anAssignment('alice', '/vaults/dev')
      const other = anAssignment('alice', '/vaults/dev', 'other')
      await store.addRoleAssignment('dev', one)
      await store.addRoleAssignment('dev', other)
      expect(await store.removeRoleAssignment('prod', one.id)).toBe(false)
      expect(await store.removeRoleAssignment('dev', one.id)).toBe(true)
      expect(await store.removeRoleAssignment('dev', one.id)).toBe(false)
      expect(await store.roleAssignments('dev')).toEqual([other])
    })
    it('of one principal go together, in all vaults', async () => {
      const bobs = anAssignment('bob', '/vaults/dev')
      await store.addRoleAssignment('dev', bobs)
      await store.addRoleAssignment('dev', anAssignment('alice', '/vaults/dev'))
      await store.addRoleAssignment('prod', anAssignment('alice', '/vaults/prod'))
      await store.removeRoleAssignmentsOf('alice')
      expect(await store.roleAssignments()).toEqual([bobs])
    })
  })
}
