import assert from 'node:assert/strict'
import { allOf, assertProperties, assertRefused, isDisabled, nextSecond, notFound, remove } from './assertions.mjs'

const malformed = {
  status: 400,
  code: 'Malformed backup blob',
  message: 'Backup blob contains invalid or corrupt version.',
}
const conflict = (id) => ({
  status: 409,
  code: 'Conflict',
  message: new RegExp(`^There was a conflict restoring the secret '${id.replaceAll('.', '\\.')}'`),
  errorClass: 'ResourceExistsError',
})

export async function backupChecks(run) {
  const { check, client } = run
  const described = { contentType: 'text/plain', tags: { a: 'b' }, expiresOn: new Date('2031-01-01T00:00:00Z') }

  const purge = async (name) => {
    await remove(run, name)
    await client.purgeDeletedSecret(name)
  }

  await check('backup and restore keep every version with its id, value, tags and dates', async () => {
    const made = []
    for (let i = 0; i < 4; i++) {
      const { properties } = await client.setSecret('Backup-Plain', `value ${i}`, { ...described, tags: { i: `${i}` } })
      made.push(properties)
    }
    await nextSecond()
    made[1] = await client.updateSecretProperties('Backup-Plain', made[1].version, { contentType: 'changed' })
    const blob = await client.backupSecret('backup-plain')
    assert.ok(blob instanceof Uint8Array)
    assert.ok(!Buffer.from(blob).includes('value 0'))
    await purge('Backup-Plain')
    const restored = await client.restoreSecretBackup(blob)
    assert.equal(restored.value, undefined)
    assertProperties(run, restored, { name: 'Backup-Plain', ...described, tags: { i: '3' } })
    assert.equal(restored.version, made[3].version)
    assert.equal((await client.getSecret('Backup-Plain')).value, 'value 3')
    for (const [i, before] of made.entries()) {
      const { value, properties } = await client.getSecret('Backup-Plain', { version: before.version })
      assert.equal(value, `value ${i}`)
      assert.deepEqual(properties, before)
    }
    assert.equal((await allOf(client.listPropertiesOfSecretVersions('Backup-Plain'))).length, 4)
  })

  await check('a restored secret takes new versions, and the blob is refused while it is there', async () => {
    await client.setSecret('backup-again', 'one')
    const blob = await client.backupSecret('backup-again')
    await purge('backup-again')
    const { id } = await client.restoreSecretBackup(blob)
    const next = await client.setSecret('backup-again', 'two')
    assert.equal(next.properties.previousVersion, id)
    await assertRefused(run, () => client.restoreSecretBackup(blob), conflict(id))
    assert.equal((await client.getSecret('backup-again')).value, 'two')
  })

  await check('restore onto a deleted name is a conflict', async () => {
    const { properties } = await client.setSecret('backup-deleted', 'v')
    const blob = await client.backupSecret('backup-deleted')
    await remove(run, 'backup-deleted')
    await assertRefused(run, () => client.restoreSecretBackup(blob), conflict(properties.id))
    await client.purgeDeletedSecret('backup-deleted')
    assert.equal((await client.restoreSecretBackup(blob)).id, properties.id)
  })

  await check('a disabled secret is backed up and restored', async () => {
    await client.setSecret('backup-disabled', 'v', { enabled: false })
    const blob = await client.backupSecret('backup-disabled')
    await purge('backup-disabled')
    assertProperties(run, await client.restoreSecretBackup(blob), { name: 'backup-disabled', enabled: false })
    await assertRefused(run, () => client.getSecret('backup-disabled'), isDisabled)
  })

  await check('a large secret with many versions is backed up and restored', async () => {
    for (let i = 0; i < 30; i++) await client.setSecret('backup-large', `${i}`.padEnd(25_600, '€'))
    const blob = await client.backupSecret('backup-large')
    await purge('backup-large')
    await client.restoreSecretBackup(blob)
    assert.ok((await client.getSecret('backup-large')).value === '29'.padEnd(25_600, '€'))
    assert.equal((await allOf(client.listPropertiesOfSecretVersions('backup-large'))).length, 30)
  })

  await check('a blob that is corrupt, cut, foreign or empty is refused', async () => {
    await client.setSecret('backup-corrupt', 'v')
    const blob = await client.backupSecret('backup-corrupt')
    await purge('backup-corrupt')
    for (const at of [0, Math.floor(blob.length / 2), blob.length - 1]) {
      const changed = Uint8Array.from(blob)
      changed[at] ^= 1
      await assertRefused(run, () => client.restoreSecretBackup(changed), malformed)
    }
    await assertRefused(run, () => client.restoreSecretBackup(blob.slice(0, blob.length - 20)), malformed)
    await assertRefused(run, () => client.restoreSecretBackup(Buffer.from('no backup at all')), malformed)
    await assertRefused(run, () => client.getSecret('backup-corrupt'), notFound('backup-corrupt'))
    await client.restoreSecretBackup(blob)
    assert.equal((await client.getSecret('backup-corrupt')).value, 'v')
  })

  await check('backup of an unknown secret is refused', async () => {
    await assertRefused(run, () => client.backupSecret('backup-unknown'), notFound('backup-unknown'))
  })
}
