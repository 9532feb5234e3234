import type { WrappedVaultKey } from '../sealing/vault-keys.js'
import type { SqlDatabase } from './sql.js'

/** What an installation keeps about itself: names and values that may be seen, and sealed ones that may not. */
export const installationMigrations: readonly string[] = [
  'create table setting(name {TEXT} not null primary key, value {TEXT} not null) {CLUSTERED}',
  'create table sealed_item(name {TEXT} not null primary key, value {BLOB} not null) {CLUSTERED}',
  `create table vault_key(
     vault {TEXT} not null, number {INT} not null, wrapped {BLOB} not null, primary key (vault, number)) {CLUSTERED}`,
]

export interface InstallationStore {
  setting(name: string): Promise<string | undefined>
  /** Keeps the value that is there first. @returns the one that is kept */
  settleSetting(name: string, value: string): Promise<string>
  putSetting(name: string, value: string): Promise<void>
  sealedItem(name: string): Promise<Uint8Array | undefined>
  putSealedItem(name: string, sealed: Uint8Array): Promise<void>
  vaultKeys(): Promise<WrappedVaultKey[]>
  addVaultKey(key: WrappedVaultKey): Promise<void>
}

export function sqlInstallationStore(database: SqlDatabase): InstallationStore {
  const setting = async (name: string) =>
    (await database.all<{ value: string }>('select value from setting where name = $1', name))[0]?.value
  return {
    setting,
    async settleSetting(name, value) {
      await database.transaction((q) =>
        q.all('insert into setting values ($1, $2) on conflict (name) do nothing', name, value),
      )
      return (await setting(name)) as string
    },
    async putSetting(name, value) {
      await database.transaction((q) =>
        q.all(
          'insert into setting values ($1, $2) on conflict (name) do update set value = excluded.value',
          name,
          value,
        ),
      )
    },
    async sealedItem(name) {
      return (await database.all<{ value: Uint8Array }>('select value from sealed_item where name = $1', name))[0]
        ?.value
    },
    async putSealedItem(name, sealed) {
      await database.transaction((q) =>
        q.all(
          'insert into sealed_item values ($1, $2) on conflict (name) do update set value = excluded.value',
          name,
          sealed,
        ),
      )
    },
    vaultKeys: () =>
      database.all<WrappedVaultKey>('select vault, number, wrapped from vault_key order by vault, number'),
    async addVaultKey({ vault, number, wrapped }) {
      await database.transaction((q) =>
        q.all(
          'insert into vault_key values ($1, $2, $3) on conflict (vault, number) do nothing',
          vault,
          number,
          wrapped,
        ),
      )
    },
  }
}
