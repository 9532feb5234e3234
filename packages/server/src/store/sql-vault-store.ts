import type { DeletedSecret, SecretVersion, TagsJson, UnixSeconds, VersionId } from '../vault/secret.js'
import type { VaultSettings } from '../vault/vault-settings.js'
import type { NewVersion, Page, StoredVersion, VaultStore } from '../vault/vault-store.js'
import { Duplicate, type SqlDatabase, type Statements } from './sql.js'

/** One text each for SQLite and PostgreSQL. The vault leads every key, and every transaction stays in one vault. */
export const vaultMigrations: readonly string[] = [
  `create table vault(
     name {TEXT} not null primary key, soft_delete {INT} not null, retention_days {INT} not null,
     purge_protection {INT} not null, created_at {INT} not null) {CLUSTERED}`,
  // `name_key` is the upper-cased name. `previous` is what the last set replaced, for that set to hand on. `current` is
  // kept because neither ids nor dates tell which version is the latest.
  `create table secret(
     vault {TEXT} not null, name_key {TEXT} not null, name {TEXT} not null, current {TEXT} not null, previous {TEXT},
     deleted_at {INT}, purge_at {INT}, primary key (vault, name_key)) {CLUSTERED}`,
  `create table version(
     vault {TEXT} not null, name_key {TEXT} not null, id {TEXT} not null, created_at {INT} not null,
     updated_at {INT} not null, enabled {INT} not null, not_before {INT}, expires_on {INT}, content_type {TEXT},
     tags {TEXT}, previous {TEXT}, value {BLOB} not null, primary key (vault, name_key, id)) {CLUSTERED}`,
  'create index secret_purge on secret(purge_at) where purge_at is not null',
]

/** A version row, with the secret's name as first written. */
interface VersionRow {
  name: string
  id: VersionId
  created_at: number
  updated_at: number
  enabled: number
  not_before: number | null
  expires_on: number | null
  content_type: string | null
  tags: TagsJson | null
  previous: VersionId | null
}
interface DeletedRow extends VersionRow {
  deleted_at: number
  purge_at: number
}

const versionColumns = `v.id, v.created_at, v.updated_at, v.enabled, v.not_before, v.expires_on, v.content_type, v.tags,
  v.previous`
const columns = `s.name, ${versionColumns}`
const nameOfVersion = '(select name from secret where vault = $1 and name_key = $2) as name'
const joined = 'from secret s join version v on v.vault = s.vault and v.name_key = s.name_key'

const sql = {
  createVault: `insert into vault values ($1, $2, $3, $4, $5) on conflict (name) do nothing returning name`,
  vaults: 'select name, soft_delete, retention_days, purge_protection from vault order by name',
  protect: 'update vault set purge_protection = 1 where name = $1 and soft_delete = 1',

  // The same version set again changes nothing, so that a write can be repeated when its outcome is unknown.
  putHead: `insert into secret values ($1, $2, $3, $4, null, null, null)
    on conflict (vault, name_key) do update set previous = secret.current, current = excluded.current
    where secret.deleted_at is null returning name, previous`,
  putVersion: `insert into version values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,

  // Subqueries, since SQLite plans a join with parameters anew at every call: 6 µs instead of 18 at 100,000 secrets.
  getCurrent: `select ${nameOfVersion}, ${versionColumns}, v.value from version v where v.vault = $1 and v.name_key = $2
    and v.id = (select current from secret where vault = $1 and name_key = $2 and deleted_at is null)`,
  getVersion: `select ${nameOfVersion}, ${versionColumns}, v.value from version v where v.vault = $1 and v.name_key = $2
    and v.id = $3 and exists (select 1 from secret where vault = $1 and name_key = $2 and deleted_at is null)`,
  propertiesOf: `select ${nameOfVersion}, ${versionColumns} from version v
    where v.vault = $1 and v.name_key = $2 and v.id = $3`,
  // Locks the secret, so that of two updates at once neither is lost.
  lockLive: `update secret set current = current where vault = $1 and name_key = $2 and deleted_at is null
    returning current`,
  changeVersion: `update version set updated_at = $4, enabled = $5, not_before = $6, expires_on = $7, content_type = $8,
    tags = $9 where vault = $1 and name_key = $2 and id = $3`,
  allVersions: `select s.current, ${columns}, v.value ${joined}
    where s.vault = $1 and s.name_key = $2 and s.deleted_at is null order by v.id`,
  restoreHead: `insert into secret values ($1, $2, $3, $4, null, null, null) on conflict (vault, name_key) do nothing
    returning name`,

  listSecrets: `select s.name_key as list_key, ${columns} ${joined} and v.id = s.current
    where s.vault = $1 and s.name_key > $2 and s.deleted_at is null order by s.name_key limit $3`,
  listVersions: `select v.id as list_key, ${columns} ${joined}
    where s.vault = $1 and s.name_key = $2 and s.deleted_at is null and v.id > $3 order by v.id limit $4`,
  listDeleted: `select s.name_key as list_key, s.deleted_at, s.purge_at, ${columns} ${joined} and v.id = s.current
    where s.vault = $1 and s.name_key > $2 and s.deleted_at is not null order by s.name_key limit $3`,

  deleteHead: `update secret set deleted_at = $3, purge_at = $4
    where vault = $1 and name_key = $2 and deleted_at is null returning current`,
  getDeleted: `select s.deleted_at, s.purge_at, ${columns} ${joined} and v.id = s.current
    where s.vault = $1 and s.name_key = $2 and s.deleted_at is not null`,
  recoverHead: `update secret set deleted_at = null, purge_at = null
    where vault = $1 and name_key = $2 and deleted_at is not null returning current`,
  purgeHead: 'delete from secret where vault = $1 and name_key = $2 and deleted_at is not null returning name',
  removeHead: 'delete from secret where vault = $1 and name_key = $2 and deleted_at is null returning name',
  removeVersions: 'delete from version where vault = $1 and name_key = $2',
  due: 'select vault, name_key from secret where purge_at is not null and purge_at <= $1 order by purge_at limit $2',
  purgeDueHead: `delete from secret where vault = $1 and name_key = $2 and purge_at is not null and purge_at <= $3
    returning name`,
}

export function sqlVaultStore(database: SqlDatabase): VaultStore {
  async function first<Row>(statements: Statements, text: string, ...values: Parameters<Statements['all']>[1][]) {
    return (await statements.all<Row>(text, ...values))[0]
  }

  async function propertiesOf(q: Statements, vault: string, key: string, id: string): Promise<SecretVersion> {
    return versionOf((await first<VersionRow>(q, sql.propertiesOf, vault, key, id)) as VersionRow)
  }

  async function page<Row, Item>(
    text: string,
    item: (row: Row) => Item,
    limit: number,
    ...values: Parameters<Statements['all']>[1][]
  ): Promise<Page<Item>> {
    const rows = await database.all<Row & { list_key: string }>(text, ...values, limit + 1)
    const shown = rows.length > limit ? rows.slice(0, limit) : rows
    return { items: shown.map(item), next: rows.length > limit ? shown.at(-1)?.list_key : undefined }
  }

  function putVersion(
    q: Statements,
    vault: string,
    key: string,
    version: NewVersion,
    previous: string | null,
    sealed: Uint8Array,
  ) {
    return q.all(
      sql.putVersion,
      vault,
      key,
      version.id,
      version.createdOn,
      version.updatedOn,
      version.enabled ? 1 : 0,
      version.notBefore ?? null,
      version.expiresOn ?? null,
      version.contentType ?? null,
      version.tags ?? null,
      previous,
      sealed,
    )
  }

  return {
    async createVault(vault, createdOn) {
      const row = await database.transaction((q) =>
        first(
          q,
          sql.createVault,
          vault.name,
          vault.softDelete ? 1 : 0,
          vault.softDeleteRetentionInDays,
          vault.enablePurgeProtection ? 1 : 0,
          createdOn,
        ),
      )
      return row !== undefined
    },

    async vaults() {
      const rows = await database.all<{
        name: string
        soft_delete: number
        retention_days: number
        purge_protection: number
      }>(sql.vaults)
      return rows.map(
        (row): VaultSettings => ({
          name: row.name,
          softDelete: row.soft_delete === 1,
          softDeleteRetentionInDays: row.retention_days,
          enablePurgeProtection: row.purge_protection === 1,
        }),
      )
    },

    async setPurgeProtection(vault) {
      await database.transaction((q) => q.all(sql.protect, vault))
    },

    async setVersion(vault, name, version, sealed) {
      try {
        return await database.transaction(async (q) => {
          const head = await first<{ name: string; previous: VersionId | null }>(
            q,
            sql.putHead,
            vault,
            name.key,
            name.text,
            version.id,
          )
          if (head === undefined) return undefined
          await putVersion(q, vault, name.key, version, head.previous, sealed)
          return { ...version, name: head.name, previous: head.previous ?? undefined }
        })
      } catch (error) {
        if (!(error instanceof Duplicate)) throw error
        return await propertiesOf(database, vault, name.key, version.id) // an earlier try was stored; this one was undone whole
      }
    },

    async getVersion(vault, name, id) {
      const rows =
        id === undefined
          ? await database.all<VersionRow & { value: Uint8Array }>(sql.getCurrent, vault, name.key)
          : await database.all<VersionRow & { value: Uint8Array }>(sql.getVersion, vault, name.key, id)
      const row = rows[0]
      return row && { version: versionOf(row), sealed: row.value }
    },

    updateVersion(vault, name, id, change) {
      return database.transaction(async (q) => {
        const head = await first<{ current: VersionId }>(q, sql.lockLive, vault, name.key)
        if (head === undefined) return undefined
        const row = await first<VersionRow>(q, sql.propertiesOf, vault, name.key, id ?? head.current)
        if (row === undefined) return undefined
        const version = change(versionOf(row))
        await q.all(
          sql.changeVersion,
          vault,
          name.key,
          version.id,
          version.updatedOn,
          version.enabled ? 1 : 0,
          version.notBefore ?? null,
          version.expiresOn ?? null,
          version.contentType ?? null,
          version.tags ?? null,
        )
        return version
      })
    },

    async allVersions(vault, name) {
      const rows = await database.all<VersionRow & { current: VersionId; value: Uint8Array }>(
        sql.allVersions,
        vault,
        name.key,
      )
      const current = rows[0]?.current
      if (current === undefined) return undefined
      return { current, versions: rows.map((row): StoredVersion => ({ version: versionOf(row), sealed: row.value })) }
    },

    restoreSecret(vault, name, current, versions) {
      return database.transaction(async (q) => {
        if (!(await first(q, sql.restoreHead, vault, name.key, name.text, current))) return undefined
        for (const { version, sealed } of versions) {
          await putVersion(q, vault, name.key, version, version.previous ?? null, sealed)
        }
        return await propertiesOf(q, vault, name.key, current)
      })
    },

    listSecrets: (vault, after, limit) => page(sql.listSecrets, versionOf, limit, vault, after ?? ''),
    listVersions: (vault, name, after, limit) => page(sql.listVersions, versionOf, limit, vault, name.key, after ?? ''),
    listDeleted: (vault, after, limit) => page(sql.listDeleted, deletedOf, limit, vault, after ?? ''),

    deleteSecret(vault, name, deletedOn, scheduledPurgeOn) {
      return database.transaction(async (q) => {
        const head = await first<{ current: VersionId }>(
          q,
          sql.deleteHead,
          vault,
          name.key,
          deletedOn,
          scheduledPurgeOn,
        )
        if (head === undefined) return undefined
        return { ...(await propertiesOf(q, vault, name.key, head.current)), deletedOn, scheduledPurgeOn }
      })
    },

    async getDeleted(vault, name) {
      const row = await first<DeletedRow>(database, sql.getDeleted, vault, name.key)
      return row && deletedOf(row)
    },

    recoverSecret(vault, name) {
      return database.transaction(async (q) => {
        const head = await first<{ current: VersionId }>(q, sql.recoverHead, vault, name.key)
        return head && (await propertiesOf(q, vault, name.key, head.current))
      })
    },

    removeSecret(vault, name) {
      return database.transaction(async (q) => {
        const head = await first<{ current: VersionId }>(q, sql.lockLive, vault, name.key)
        if (head === undefined) return undefined
        const version = await propertiesOf(q, vault, name.key, head.current)
        await q.all(sql.removeHead, vault, name.key)
        await q.all(sql.removeVersions, vault, name.key)
        return version
      })
    },

    purgeSecret(vault, name) {
      return database.transaction(async (q) => {
        if (!(await first(q, sql.purgeHead, vault, name.key))) return false
        await q.all(sql.removeVersions, vault, name.key)
        return true
      })
    },

    async purgeDue(now: UnixSeconds) {
      let purged = 0
      for (;;) {
        const due = await database.all<{ vault: string; name_key: string }>(sql.due, now, purgeBatch)
        for (const { vault, name_key } of due) {
          const done = await database.transaction(async (q) => {
            if (!(await first(q, sql.purgeDueHead, vault, name_key, now))) return 0
            await q.all(sql.removeVersions, vault, name_key)
            return 1
          })
          purged += done
        }
        if (due.length < purgeBatch) return purged
      }
    },
  }
}

const purgeBatch = 100

function versionOf(row: VersionRow): SecretVersion {
  return {
    name: row.name,
    id: row.id,
    enabled: row.enabled === 1,
    notBefore: row.not_before ?? undefined,
    expiresOn: row.expires_on ?? undefined,
    contentType: row.content_type ?? undefined,
    tags: row.tags ?? undefined,
    createdOn: row.created_at,
    updatedOn: row.updated_at,
    previous: row.previous ?? undefined,
  }
}

function deletedOf(row: DeletedRow): DeletedSecret {
  return { ...versionOf(row), deletedOn: row.deleted_at, scheduledPurgeOn: row.purge_at }
}
