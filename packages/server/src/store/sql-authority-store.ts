import type { RoleAssignment } from '../access/role-assignment.js'
import type { RoleAssignmentStore } from '../access/role-assignment-store.js'
import type { Application, AuthorityStore, Credential, StoredSigningKey } from '../authority/authority-store.js'
import type { SqlDatabase, SqlValue } from './sql.js'

export const authorityMigrations: readonly string[] = [
  `create table if not exists application(
     client_id {TEXT} not null primary key, object_id {TEXT} not null, display_name {TEXT} not null,
     created_at {INT} not null) {CLUSTERED}`,
  `create table if not exists credential(
     client_id {TEXT} not null, id {TEXT} not null, kind {TEXT} not null, name {TEXT} not null, hash {TEXT} not null,
     created_at {INT} not null, expires_on {INT}, primary key (client_id, id)) {CLUSTERED}`,
  'create index if not exists credential_hash on credential(hash)',
  `create table if not exists signing_key(
     kid {TEXT} not null primary key, created_at {INT} not null, retires_at {INT}, public_jwk {TEXT} not null,
     private_key {BLOB} not null) {CLUSTERED}`,
  // The key is what is assigned, so that giving a role twice is one row; the id only names it.
  `create table if not exists role_assignment(
     vault {TEXT} not null, principal_id {TEXT} not null, role_id {TEXT} not null, scope {TEXT} not null,
     id {TEXT} not null, primary key (vault, principal_id, role_id, scope)) {CLUSTERED}`,
]

interface ApplicationRow {
  client_id: string
  object_id: string
  display_name: string
  created_at: number
}
interface CredentialRow {
  client_id: string
  id: string
  kind: Credential['kind']
  name: string
  hash: string
  created_at: number
  expires_on: number | null
}
interface SigningKeyRow {
  kid: string
  created_at: number
  retires_at: number | null
  public_jwk: string
  private_key: Uint8Array
}
interface RoleAssignmentRow {
  principal_id: string
  role_id: string
  scope: string
  id: string
}

const sql = {
  applications: 'select client_id, object_id, display_name, created_at from application order by client_id',
  application: 'select client_id, object_id, display_name, created_at from application where client_id = $1',
  addApplication: `insert into application(client_id, object_id, display_name, created_at) values ($1, $2, $3, $4)
    on conflict (client_id) do nothing returning client_id`,
  removeApplication: 'delete from application where client_id = $1 returning client_id',
  removeCredentials: 'delete from credential where client_id = $1',

  credentials: `select client_id, id, kind, name, hash, created_at, expires_on from credential where client_id = $1
    order by created_at, id`,
  credentialWithHash: `select client_id, id, kind, name, hash, created_at, expires_on from credential
    where hash = $1 and kind = $2`,
  // Touches the application, so that of this and its removal at once one waits for the other.
  holdApplication: 'update application set created_at = created_at where client_id = $1 returning client_id',
  addCredential: `insert into credential(client_id, id, kind, name, hash, created_at, expires_on)
    values ($1, $2, $3, $4, $5, $6, $7)`,
  removeCredential: 'delete from credential where client_id = $1 and id = $2 returning id',

  signingKeys: `select kid, created_at, retires_at, public_jwk, private_key from signing_key
    order by created_at, kid`,
  retireSigningKeys: 'update signing_key set retires_at = $1 where retires_at is null',
  addSigningKey: `insert into signing_key(kid, created_at, retires_at, public_jwk, private_key)
    values ($1, $2, $3, $4, $5)`,
  dropSigningKeys: 'delete from signing_key where retires_at <= $1',

  roleAssignments: `select principal_id, role_id, scope, id from role_assignment
    order by vault, principal_id, role_id, scope`,
  roleAssignmentsIn: `select principal_id, role_id, scope, id from role_assignment where vault = $1
    order by principal_id, role_id, scope`,
  // Assigns the old id to itself, for a conflict that does nothing returns nothing.
  addRoleAssignment: `insert into role_assignment(vault, principal_id, role_id, scope, id) values ($1, $2, $3, $4, $5)
    on conflict (vault, principal_id, role_id, scope) do update set id = role_assignment.id
    returning principal_id, role_id, scope, id`,
  removeRoleAssignment: 'delete from role_assignment where vault = $1 and id = $2 returning id',
  removeRoleAssignmentsOf: 'delete from role_assignment where principal_id = $1',
}

/** The applications, their credentials, the signing keys and the role assignments of one installation. */
export function sqlAuthorityStore(database: SqlDatabase): AuthorityStore & RoleAssignmentStore {
  const write = <Row>(text: string, ...values: SqlValue[]) => database.transaction((q) => q.all<Row>(text, ...values))

  return {
    async applications() {
      return (await database.all<ApplicationRow>(sql.applications)).map(application)
    },
    async application(clientId) {
      return (await database.all<ApplicationRow>(sql.application, clientId)).map(application)[0]
    },
    async addApplication({ clientId, objectId, displayName, createdAt }) {
      return (await write(sql.addApplication, clientId, objectId, displayName, createdAt)).length > 0
    },
    removeApplication: (clientId) =>
      database.transaction(async (q) => {
        const removed = await q.all(sql.removeApplication, clientId)
        await q.all(sql.removeCredentials, clientId)
        return removed.length > 0
      }),

    async credentials(clientId) {
      const rows = await database.all<CredentialRow>(sql.credentials, clientId)
      return rows.map((row) => ({ ...credential(row), hash: row.hash }))
    },
    async credentialWithHash(kind, hash) {
      return (await database.all<CredentialRow>(sql.credentialWithHash, hash, kind)).map(credential)[0]
    },
    addCredential: ({ clientId, id, kind, name, createdAt, expiresOn }, hash) =>
      database.transaction(async (q) => {
        if ((await q.all(sql.holdApplication, clientId)).length === 0) return false
        await q.all(sql.addCredential, clientId, id, kind, name, hash, createdAt, expiresOn ?? null)
        return true
      }),
    async removeCredential(clientId, id) {
      return (await write(sql.removeCredential, clientId, id)).length > 0
    },

    async signingKeys() {
      return (await database.all<SigningKeyRow>(sql.signingKeys)).map(signingKey)
    },
    replaceSigningKey: ({ kid, createdAt, retiresAt, publicJwk, sealedPrivateKey }, othersRetireAt) =>
      database.transaction(async (q) => {
        await q.all(sql.retireSigningKeys, othersRetireAt)
        await q.all(sql.addSigningKey, kid, createdAt, retiresAt ?? null, publicJwk, sealedPrivateKey)
      }),
    async dropRetiredSigningKeys(now) {
      await write(sql.dropSigningKeys, now)
    },

    async roleAssignments(vault) {
      const rows =
        vault === undefined
          ? database.all<RoleAssignmentRow>(sql.roleAssignments)
          : database.all<RoleAssignmentRow>(sql.roleAssignmentsIn, vault)
      return (await rows).map(roleAssignment)
    },
    async addRoleAssignment(vault, { id, principalId, roleId, scope }) {
      const [row] = await write<RoleAssignmentRow>(sql.addRoleAssignment, vault, principalId, roleId, scope, id)
      return roleAssignment(row as RoleAssignmentRow)
    },
    async removeRoleAssignment(vault, id) {
      return (await write(sql.removeRoleAssignment, vault, id)).length > 0
    },
    async removeRoleAssignmentsOf(principalId) {
      await write(sql.removeRoleAssignmentsOf, principalId)
    },
  }
}

function application(row: ApplicationRow): Application {
  return {
    clientId: row.client_id,
    objectId: row.object_id,
    displayName: row.display_name,
    createdAt: row.created_at,
  }
}

function credential(row: CredentialRow): Credential {
  return {
    id: row.id,
    clientId: row.client_id,
    kind: row.kind,
    name: row.name,
    createdAt: row.created_at,
    expiresOn: row.expires_on ?? undefined,
  }
}

function signingKey(row: SigningKeyRow): StoredSigningKey {
  return {
    kid: row.kid,
    createdAt: row.created_at,
    retiresAt: row.retires_at ?? undefined,
    publicJwk: row.public_jwk,
    sealedPrivateKey: row.private_key,
  }
}

function roleAssignment(row: RoleAssignmentRow): RoleAssignment {
  return { id: row.id, principalId: row.principal_id, roleId: row.role_id, scope: row.scope }
}
