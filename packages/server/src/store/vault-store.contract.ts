import { randomBytes, randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseSecretName, type SecretVersion, type TagsJson, type VersionId } from '../vault/secret.js'
import type { VaultSettings } from '../vault/vault-settings.js'
import type { NewVersion, Page, VaultStore } from '../vault/vault-store.js'

/** What every VaultStore does, on whatever database. `open` gives an empty one. */
export function behavesLikeAVaultStore(open: () => Promise<{ store: VaultStore; close: () => Promise<void> }>): void {
  let store: VaultStore
  let close: () => Promise<void>
  beforeEach(async () => {
    const opened = await open()
    store = opened.store
    close = opened.close
  })
  afterEach(() => close())

  const set = (name: string, version = aVersion(), sealed: Uint8Array = Buffer.from('sealed'), vault = 'dev') =>
    store.setVersion(vault, parseSecretName(name), version, sealed)
  const get = (name: string, id?: VersionId, vault = 'dev') => store.getVersion(vault, parseSecretName(name), id)
  const remove = (name: string, purgeOn = 2_000) => store.deleteSecret('dev', parseSecretName(name), 1_000, purgeOn)
  const versionsOf = (name: string) =>
    walk(
      (after) => store.listVersions('dev', parseSecretName(name), after, 3),
      (v) => v.id,
    )

  describe('set and get', () => {
    it('moves the current version, keeps the old one, and says which it replaced', async () => {
      const [one, two] = [aVersion(), aVersion()]
      expect((await set('db', one))?.previous).toBeUndefined()
      expect((await set('db', two))?.previous).toBe(one.id)
      expect((await get('db'))?.version).toEqual({ ...two, name: 'db', previous: one.id })
      expect((await get('db', one.id))?.version).toEqual({ ...one, name: 'db', previous: undefined })
    })

    it('finds nothing under an unknown name or version', async () => {
      await set('db')
      expect(await get('other')).toBeUndefined()
      expect(await get('db', aVersion().id)).toBeUndefined()
    })

    it('gives 25 KB of any bytes back, and dates to the end of 9999', async () => {
      const sealed = randomBytes(25_700)
      const version = {
        ...aVersion(),
        notBefore: 0,
        expiresOn: 253_402_300_799,
        contentType: 'text/ü',
        tags: '{"a":"b"}' as TagsJson,
      }
      await set('db', version, sealed)
      const stored = await get('db')
      expect(Buffer.from(stored?.sealed ?? []).equals(sealed)).toBe(true)
      expect(stored?.version).toEqual({ ...version, name: 'db', previous: undefined })
    })

    it('knows a name in any case, and shows it as first written', async () => {
      await set('Db-Password')
      await set('DB-PASSWORD')
      expect((await get('db-password'))?.version.name).toBe('Db-Password')
      expect(await versionsOf('dB-pAssword')).toHaveLength(2)
    })

    it('keeps vaults apart, also those whose names begin alike', async () => {
      await set('db', aVersion(), Buffer.from('1'), 'ab')
      expect(await get('db', undefined, 'a')).toBeUndefined()
      expect(await get('db', undefined, 'abc')).toBeUndefined()
      expect((await store.listSecrets('a', undefined, 25)).items).toEqual([])
    })

    it('stores a repeated set once, and a newer version stays current', async () => {
      const [one, two] = [aVersion(), aVersion()]
      await set('db', one)
      await set('db', two)
      expect((await set('db', one))?.id).toBe(one.id)
      expect((await get('db'))?.version.id).toBe(two.id)
      expect(await versionsOf('db')).toHaveLength(2)
    })

    it('keeps every version of 32 sets at once, and makes one of them current', async () => {
      const versions = Array.from({ length: 32 }, aVersion)
      await Promise.all(versions.map((version) => set('db', version)))
      const ids = versions.map(({ id }) => id).sort()
      expect(await versionsOf('db')).toEqual(ids)
      expect(ids).toContain((await get('db'))?.version.id)
      const replaced = await Promise.all(ids.map(async (id) => (await get('db', id))?.version.previous))
      expect(new Set(replaced).size).toBe(32) // each replaced another one: a chain, without a fork
    })
  })

  describe('update', () => {
    const disable = (version: SecretVersion): SecretVersion => ({ ...version, enabled: false, updatedOn: 77 })

    it('changes the current version, or the one named, and nothing else of it', async () => {
      const [one, two] = [aVersion(), aVersion()]
      await set('db', one)
      await set('db', two)
      const name = parseSecretName('db')
      expect(await store.updateVersion('dev', name, undefined, disable)).toMatchObject({ id: two.id, enabled: false })
      expect((await get('db', one.id))?.version.enabled).toBe(true)
      await store.updateVersion('dev', name, one.id, disable)
      expect((await get('db', one.id))?.version).toMatchObject({
        enabled: false,
        updatedOn: 77,
        createdOn: one.createdOn,
      })
      expect(Buffer.from((await get('db'))?.sealed ?? []).toString()).toBe('sealed')
    })

    it('finds no unknown name or version, and no deleted secret', async () => {
      await set('db')
      const name = parseSecretName('db')
      expect(await store.updateVersion('dev', parseSecretName('other'), undefined, disable)).toBeUndefined()
      expect(await store.updateVersion('dev', name, aVersion().id, disable)).toBeUndefined()
      await remove('db')
      expect(await store.updateVersion('dev', name, undefined, disable)).toBeUndefined()
    })

    it('loses neither of two updates at once', async () => {
      await set('db')
      const name = parseSecretName('db')
      await Promise.all([
        store.updateVersion('dev', name, undefined, (version) => ({ ...version, contentType: 'a' })),
        store.updateVersion('dev', name, undefined, (version) => ({ ...version, expiresOn: 5 })),
      ])
      expect((await get('db'))?.version).toMatchObject({ contentType: 'a', expiresOn: 5 })
    })
  })

  describe('lists', () => {
    it('orders secrets by the bytes of their upper-cased names, page by page without gap or repeat', async () => {
      const names = ['b', 'a-b', 'a1', 'A', 'ab', 'Z', '0', '-x', 'a-', 'aa', 'B2']
      for (const name of names) await set(name)
      const upper = names.map((name) => name.toUpperCase()).sort()
      const listed = await walk(
        (after) => store.listSecrets('dev', after, 3),
        (secret) => secret.name.toUpperCase(),
      )
      expect(listed).toEqual(upper)
    })

    it('goes on from a cursor whose row is gone', async () => {
      for (const name of ['a', 'b', 'c', 'd']) await set(name)
      const { next } = await store.listSecrets('dev', undefined, 2)
      await remove('b')
      const { items } = await store.listSecrets('dev', next, 2)
      expect(items.map(({ name }) => name)).toEqual(['c', 'd'])
    })

    it('says of the last page that it is the last, also when it is full', async () => {
      for (const name of ['a', 'b', 'c', 'd']) await set(name)
      const { next } = await store.listSecrets('dev', undefined, 2)
      expect((await store.listSecrets('dev', next, 2)).next).toBeUndefined()
    })

    it('orders versions by id', async () => {
      const versions = Array.from({ length: 10 }, aVersion)
      for (const version of versions) await set('db', version)
      expect(await versionsOf('db')).toEqual(versions.map(({ id }) => id).sort())
    })
  })

  describe('delete, recover and purge', () => {
    it('hides a deleted secret, keeps its name, and lists it as deleted', async () => {
      await set('db')
      const current = await set('db')
      expect(await remove('DB')).toEqual({ ...current, deletedOn: 1_000, scheduledPurgeOn: 2_000 })
      expect(await get('db')).toBeUndefined()
      expect(await versionsOf('db')).toEqual([])
      expect(await store.allVersions('dev', parseSecretName('db'))).toBeUndefined()
      expect((await store.listSecrets('dev', undefined, 25)).items).toEqual([])
      expect((await store.listDeleted('dev', undefined, 25)).items).toHaveLength(1)
      expect(await store.getDeleted('dev', parseSecretName('db'))).toMatchObject({ id: current?.id, deletedOn: 1_000 })
      expect(await set('db')).toBeUndefined()
      expect(await set('Db')).toBeUndefined()
    })

    it('brings every version back as it was', async () => {
      await set('db')
      const current = await set('db')
      const before = await versionsOf('db')
      await remove('db')
      expect(await store.recoverSecret('dev', parseSecretName('db'))).toEqual(current)
      expect(await versionsOf('db')).toEqual(before)
      expect((await get('db'))?.version).toEqual(current)
      expect(await store.getDeleted('dev', parseSecretName('db'))).toBeUndefined()
    })

    it('does each once: a second time there is nothing to do', async () => {
      await set('db')
      const name = parseSecretName('db')
      expect(await store.recoverSecret('dev', name)).toBeUndefined()
      expect(await store.purgeSecret('dev', name)).toBe(false)
      await remove('db')
      expect(await remove('db')).toBeUndefined()
      expect(await store.purgeSecret('dev', name)).toBe(true)
      expect(await store.purgeSecret('dev', name)).toBe(false)
      expect(await remove('unknown')).toBeUndefined()
    })

    it('leaves nothing of a purged secret, and its name free', async () => {
      await set('db')
      await remove('db')
      await store.purgeSecret('dev', parseSecretName('db'))
      const fresh = await set('db')
      expect(fresh?.previous).toBeUndefined()
      expect(await versionsOf('db')).toEqual([fresh?.id])
    })

    it('removes a secret for good where there is no soft delete', async () => {
      const current = await set('db')
      expect(await store.removeSecret('dev', parseSecretName('db'))).toEqual(current)
      expect(await store.removeSecret('dev', parseSecretName('db'))).toBeUndefined()
      expect(await set('db')).toBeDefined()
      expect(await versionsOf('db')).toHaveLength(1)
    })

    it('purges what is due, all of it and nothing else', async () => {
      const names = Array.from({ length: 130 }, (_, index) => `s${index}`)
      await Promise.all(names.map((name) => set(name)))
      await Promise.all(names.map((name, index) => remove(name, index < 120 ? 500 : 900)))
      await set('live')
      expect(await store.purgeDue(499)).toBe(0)
      expect(await store.purgeDue(500)).toBe(120)
      expect((await store.listDeleted('dev', undefined, 25)).items).toHaveLength(10)
      expect(await get('live')).toBeDefined()
      expect(await set('s0')).toBeDefined()
    })

    it('never leaves a secret both current and deleted when a set races a delete', async () => {
      for (let round = 0; round < 20; round++) {
        const name = `race${round}`
        await set(name)
        const [stored, deleted] = await Promise.all([set(name), remove(name)])
        expect(deleted).toBeDefined()
        expect(await get(name)).toBeUndefined()
        const count = (await store.recoverSecret('dev', parseSecretName(name))) && (await versionsOf(name)).length
        expect(count).toBe(stored === undefined ? 1 : 2)
      }
    })
  })

  describe('backup and restore', () => {
    it('hands out all versions of a live secret and takes them under a free name only', async () => {
      await set('db')
      const current = await set('db')
      const all = await store.allVersions('dev', parseSecretName('db'))
      expect(all?.current).toBe(current?.id)
      expect(all?.versions).toHaveLength(2)
      const restore = (vault: string, name: string) =>
        store.restoreSecret(vault, parseSecretName(name), all?.current as VersionId, all?.versions ?? [])
      expect(await restore('dev', 'DB')).toBeUndefined()
      expect(await restore('other', 'db')).toEqual(current)
      await remove('db')
      expect(await restore('dev', 'db')).toBeUndefined()
      await store.purgeSecret('dev', parseSecretName('db'))
      expect(await restore('dev', 'db')).toEqual(current)
      expect(await versionsOf('db')).toHaveLength(2)
    })
  })

  describe('vaults', () => {
    const vault: VaultSettings = {
      name: 'dev',
      softDelete: true,
      softDeleteRetentionInDays: 7,
      enablePurgeProtection: false,
    }

    it('keeps the settings each was created with, and no second vault of a name', async () => {
      const old = { ...vault, name: 'old', softDelete: false }
      expect(await store.createVault(vault, 1)).toBe(true)
      expect(await store.createVault(old, 1)).toBe(true)
      expect(await store.createVault({ ...vault, softDeleteRetentionInDays: 90 }, 2)).toBe(false)
      expect(await store.vaults()).toEqual([vault, old])
    })

    it('switches purge protection on for good', async () => {
      await store.createVault(vault, 1)
      await store.setPurgeProtection('dev')
      expect(await store.vaults()).toEqual([{ ...vault, enablePurgeProtection: true }])
    })
  })
}

let clock = 1_700_000_000

function aVersion(): NewVersion {
  clock += 1
  return {
    id: randomUUID().replaceAll('-', '') as VersionId,
    enabled: true,
    createdOn: clock,
    updatedOn: clock,
    notBefore: undefined,
    expiresOn: undefined,
    contentType: undefined,
    tags: undefined,
  }
}

async function walk<Item, Shown>(
  page: (after: string | undefined) => Promise<Page<Item>>,
  show: (item: Item) => Shown,
): Promise<Shown[]> {
  const shown: Shown[] = []
  let after: string | undefined
  do {
    const { items, next } = await page(after)
    shown.push(...items.map(show))
    after = next
  } while (after !== undefined)
  return shown
}
