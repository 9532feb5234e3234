/** Other callers and other vaults of the same server: what a role allows, what purge protection forbids. */
import assert from 'node:assert/strict'
import { clientOf, credentialOf } from '../clients.mjs'
import { allOf, assertRefused, isDeleted, remove } from './assertions.mjs'

export async function permissionChecks(run) {
  const { check, client } = run

  const byRole = (action, name) => ({
    status: 403,
    code: 'Forbidden',
    innerCode: 'ForbiddenByRbac',
    message: new RegExp(
      `^Caller is not authorized to perform action on resource\\.\\r\\n[^]*\\r\\nAction: 'Microsoft.KeyVault/vaults/secrets/${action}'\\r\\nResource: '.+${name === undefined ? "/vaults/dev'" : `/secrets/${name}'`}\\r\\n`,
      'i',
    ),
    errorClass: 'ForbiddenError',
  })

  await check('a reader gets and lists, and everything else is refused with the action it takes', async () => {
    await client.setSecret('permission-read', 'v')
    const blob = await client.backupSecret('permission-read')
    const reading = { ...run, vault: { ...run.vault, ...run.reader } }
    const reader = clientOf(reading, {}, credentialOf(reading))
    assert.equal((await reader.getSecret('permission-read')).value, 'v')
    assert.ok((await allOf(reader.listPropertiesOfSecrets())).some(({ name }) => name === 'permission-read'))
    assert.equal((await allOf(reader.listPropertiesOfSecretVersions('permission-read'))).length, 1)
    const name = 'permission-read'
    await assertRefused(run, () => reader.setSecret(name, 'w'), byRole('setSecret/action', name))
    await assertRefused(
      run,
      () => reader.updateSecretProperties(name, '', { enabled: true }),
      byRole('update/action', name),
    )
    await assertRefused(run, () => reader.beginDeleteSecret(name), byRole('delete', name))
    await assertRefused(run, () => reader.backupSecret(name), byRole('backup/action', name))
    await assertRefused(run, () => reader.restoreSecretBackup(blob), byRole('restore/action'))
    await client.setSecret('permission-deleted', 'v')
    await remove(run, 'permission-deleted')
    assert.equal((await reader.getDeletedSecret('permission-deleted')).name, 'permission-deleted')
    await assertRefused(
      run,
      () => reader.purgeDeletedSecret('permission-deleted'),
      byRole('purge/action', 'permission-deleted'),
    )
    await assertRefused(
      run,
      () => reader.beginRecoverDeletedSecret('permission-deleted'),
      byRole('recover/action', 'permission-deleted'),
    )
    assert.equal((await client.getSecret('permission-read')).value, 'v')
  })

  const keeping = { ...run, vault: run.protectedVault }

  await check('another vault of the same server has its own secrets and its own callers', async () => {
    await assertRefused(run, () => clientOf(keeping, {}, run.credential).getSecret('set-plain'), {
      status: 403,
      code: 'Forbidden',
      innerCode: 'ForbiddenByRbac',
      errorClass: 'ForbiddenError',
    })
    const keeper = clientOf(keeping, {}, credentialOf(keeping))
    assert.deepEqual(await allOf(keeper.listPropertiesOfSecrets()), [])
  })

  await check('purge protection: 7 days of retention, and no purge before they end', async () => {
    const keeper = clientOf(keeping, {}, credentialOf(keeping))
    const { properties } = await keeper.setSecret('protected', 'v')
    assert.equal(properties.recoveryLevel, 'CustomizedRecoverable')
    assert.equal(properties.recoverableDays, 7)
    const deleted = await remove({ ...keeping, client: keeper }, 'protected')
    assert.equal(deleted.scheduledPurgeDate.getTime() - deleted.deletedOn.getTime(), 7 * 86_400_000)
    await assertRefused(run, () => keeper.purgeDeletedSecret('protected'), {
      status: 403,
      code: 'Forbidden',
      message: /^Operation "purge" is not allowed because purge protection is enabled for this vault\./,
      errorClass: 'ForbiddenError',
    })
    await assertRefused(run, () => keeper.setSecret('protected', 'w'), isDeleted('protected'))
    await (await keeper.beginRecoverDeletedSecret('protected', { intervalInMs: 20 })).pollUntilDone()
    assert.equal((await keeper.getSecret('protected')).value, 'v')
  })

  await check('a vault that does not exist is not found', async () => {
    const nowhere = { ...run, vault: { ...run.vault, url: run.vault.url.replace('//dev.', '//nowhere.') } }
    await assertRefused(run, () => clientOf(nowhere, {}, run.credential).getSecret('set-plain'), {
      status: 404,
      code: 'VaultNotFound',
    })
  })
}
