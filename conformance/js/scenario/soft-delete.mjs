import assert from 'node:assert/strict'
import {
  allOf,
  assertJustNow,
  assertProperties,
  assertRefused,
  assertWholeSeconds,
  deletedNotFound,
  isDeleted,
  nextSecond,
  notFound,
  recover,
  remove,
} from './assertions.mjs'

export async function softDeleteChecks(run) {
  const { check, client, traits, vault } = run
  const described = { contentType: 'text/plain', tags: { a: 'b' }, expiresOn: new Date('2031-01-01T00:00:00Z') }

  const assertDeleted = (deleted, name, version) => {
    assert.equal(deleted.name, name)
    assert.equal(deleted.value, undefined)
    assert.equal(deleted.recoveryId, `${vault.url}/deletedsecrets/${name}`)
    assertWholeSeconds(deleted.deletedOn)
    assertJustNow(deleted.deletedOn)
    assert.equal(deleted.scheduledPurgeDate.getTime() - deleted.deletedOn.getTime(), vault.retentionInDays * 86_400_000)
    assert.equal(deleted.properties.version, version)
    assertProperties(run, deleted.properties, { name, ...described })
    if (traits.hasIdOnSecrets) assert.equal(deleted.id, `${vault.url}/secrets/${name}/${version}`)
  }

  await check('the delete poller ends with the deleted secret and its dates', async () => {
    await client.setSecret('delete-plain', 'old')
    const { properties } = await client.setSecret('delete-plain', 'v', described)
    const poller = await client.beginDeleteSecret('delete-plain', { intervalInMs: 20 })
    const deleted = await poller.pollUntilDone()
    assert.equal(poller.isDone(), true)
    assertDeleted(deleted, 'delete-plain', properties.version)
    assertDeleted(poller.getResult(), 'delete-plain', properties.version)
    assert.deepEqual(deleted.properties.updatedOn, properties.updatedOn)
    assertDeleted(await client.getDeletedSecret('delete-plain'), 'delete-plain', properties.version)
  })

  await check('a poller is resumed from its text', async () => {
    await client.setSecret('delete-resumed', 'v', described)
    const first = await client.beginDeleteSecret('delete-resumed', { intervalInMs: 20 })
    const second = await client.beginDeleteSecret('delete-resumed', { resumeFrom: first.toString(), intervalInMs: 20 })
    assert.equal((await second.pollUntilDone()).name, 'delete-resumed')
    const back = await client.beginRecoverDeletedSecret('delete-resumed', { intervalInMs: 20 })
    const again = await client.beginRecoverDeletedSecret('delete-resumed', {
      resumeFrom: back.toString(),
      intervalInMs: 20,
    })
    assert.equal((await again.pollUntilDone()).name, 'delete-resumed')
  })

  await check('a deleted secret is gone from get, update, delete, backup, versions and list', async () => {
    const { properties } = await client.setSecret('delete-gone', 'v')
    await remove(run, 'delete-gone')
    const gone = notFound('delete-gone')
    await assertRefused(run, () => client.getSecret('delete-gone'), gone)
    await assertRefused(
      run,
      () => client.getSecret('delete-gone', { version: properties.version }),
      notFound(`delete-gone/${properties.version}`),
    )
    await assertRefused(run, () => client.updateSecretProperties('delete-gone', '', { enabled: true }), gone)
    await assertRefused(run, () => client.beginDeleteSecret('delete-gone'), gone)
    await assertRefused(run, () => client.backupSecret('delete-gone'), gone)
    assert.deepEqual(await allOf(client.listPropertiesOfSecretVersions('delete-gone')), [])
    const names = (await allOf(client.listPropertiesOfSecrets())).map(({ name }) => name)
    assert.ok(!names.includes('delete-gone'))
  })

  await check('a deleted name is reserved, in any casing, and set says so', async () => {
    await client.setSecret('Delete-Reserved', 'v')
    await remove(run, 'Delete-Reserved')
    await assertRefused(run, () => client.setSecret('Delete-Reserved', 'w'), isDeleted('Delete-Reserved'))
    await assertRefused(run, () => client.setSecret('delete-RESERVED', 'w'), isDeleted('Delete-Reserved'))
    assert.equal((await client.getDeletedSecret('DELETE-reserved')).name, 'Delete-Reserved')
  })

  await check('recover brings back all versions, tags and dates, and leaves updated as it was', async () => {
    const { properties: first } = await client.setSecret('recover-plain', 'one', { tags: { number: 'one' } })
    const { properties: second } = await client.setSecret('recover-plain', 'two', described)
    await nextSecond()
    await remove(run, 'recover-plain')
    const poller = await client.beginRecoverDeletedSecret('recover-plain', { intervalInMs: 20 })
    const recovered = await poller.pollUntilDone()
    assert.equal(poller.isDone(), true)
    assert.equal(recovered.name, 'recover-plain')
    assert.equal(recovered.version, second.version)
    const latest = await client.getSecret('recover-plain')
    assert.equal(latest.value, 'two')
    assertProperties(run, latest.properties, { name: 'recover-plain', ...described })
    assert.equal(latest.properties.version, second.version)
    assert.deepEqual(latest.properties.createdOn, second.createdOn)
    assert.deepEqual(latest.properties.updatedOn, second.updatedOn)
    assert.equal(latest.properties.previousVersion, first.id)
    const old = await client.getSecret('recover-plain', { version: first.version })
    assert.equal(old.value, 'one')
    assertProperties(run, old.properties, { name: 'recover-plain', tags: { number: 'one' } })
    assert.deepEqual(old.properties.updatedOn, first.updatedOn)
    assert.equal((await allOf(client.listPropertiesOfSecretVersions('recover-plain'))).length, 2)
    await assertRefused(run, () => client.getDeletedSecret('recover-plain'), deletedNotFound('recover-plain'))
  })

  await check('a recovered secret takes new versions at once', async () => {
    const { properties } = await client.setSecret('recover-then-set', 'one')
    await remove(run, 'recover-then-set')
    await recover(run, 'recover-then-set')
    const { properties: next } = await client.setSecret('recover-then-set', 'two')
    assert.equal(next.previousVersion, properties.id)
    assert.equal((await client.getSecret('recover-then-set', { version: properties.version })).value, 'one')
  })

  await check('a disabled secret is deleted and recovered, and stays disabled', async () => {
    await client.setSecret('recover-disabled', 'v', { enabled: false })
    const deleted = await remove(run, 'recover-disabled')
    assert.equal(deleted.properties.enabled, false)
    // The poller's own get is answered 403, which says that the secret is there.
    await recover(run, 'recover-disabled')
    const after = await client.updateSecretProperties('recover-disabled', '', { enabled: true })
    assertProperties(run, after, { name: 'recover-disabled' })
    assert.equal((await client.getSecret('recover-disabled')).value, 'v')
  })

  await check('recover of a secret that is not deleted leaves it as it is', async () => {
    const { properties } = await client.setSecret('recover-active', 'v')
    const recovered = await recover(run, 'recover-active')
    assert.equal(recovered.name, 'recover-active')
    assert.equal((await client.getSecret('recover-active')).properties.version, properties.version)
  })

  await check('purge frees the name, and the new secret has nothing of the old', async () => {
    const { properties: old } = await client.setSecret('purge-plain', 'one', described)
    await remove(run, 'purge-plain')
    assert.equal(await client.purgeDeletedSecret('purge-plain'), undefined)
    await assertRefused(run, () => client.getDeletedSecret('purge-plain'), deletedNotFound('purge-plain'))
    await assertRefused(run, () => client.getSecret('purge-plain'), notFound('purge-plain'))
    const { properties } = await client.setSecret('PURGE-plain', 'two')
    assertProperties(run, properties, { name: 'PURGE-plain' })
    assert.equal(properties.previousVersion, undefined)
    await assertRefused(
      run,
      () => client.getSecret('PURGE-plain', { version: old.version }),
      notFound(`PURGE-plain/${old.version}`),
    )
    assert.equal((await allOf(client.listPropertiesOfSecretVersions('purge-plain'))).length, 1)
  })

  await check('purge of an unknown name, and of a secret that is not deleted, is refused', async () => {
    await assertRefused(run, () => client.purgeDeletedSecret('purge-unknown'), deletedNotFound('purge-unknown'))
    await client.setSecret('purge-active', 'v')
    await assertRefused(run, () => client.purgeDeletedSecret('purge-active'), deletedNotFound('purge-active'))
    assert.equal((await client.getSecret('purge-active')).value, 'v')
  })

  await check('a secret is deleted, recovered, deleted and purged in turn', async () => {
    for (let i = 0; i < 3; i++) {
      await client.setSecret('delete-in-turn', `value ${i}`)
      await remove(run, 'delete-in-turn')
      await recover(run, 'delete-in-turn')
      assert.equal((await client.getSecret('delete-in-turn')).value, `value ${i}`)
      await remove(run, 'delete-in-turn')
      await client.purgeDeletedSecret('delete-in-turn')
    }
    await assertRefused(run, () => client.getSecret('delete-in-turn'), notFound('delete-in-turn'))
  })
}
