import assert from 'node:assert/strict'
import { assertProperties, assertRefused, isDisabled, nextSecond, notFound } from './assertions.mjs'

export async function updateChecks(run) {
  const { check, client, traits } = run
  const original = {
    contentType: 'text/plain',
    tags: { a: '1', b: '2' },
    notBefore: new Date('2021-01-01T00:00:00Z'),
    expiresOn: new Date('2031-01-01T00:00:00Z'),
  }

  await check('update of the latest changes what is given and keeps the rest', async () => {
    await client.setSecret('update-latest', 'old', { tags: { only: 'old' } })
    const { properties: before } = await client.setSecret('update-latest', 'v', original)
    const after = await client.updateSecretProperties('update-latest', '', { contentType: 'application/json' })
    assertProperties(run, after, { name: 'update-latest', ...original, contentType: 'application/json' })
    assert.equal(after.version, before.version)
    const read = await client.getSecret('update-latest')
    assert.equal(read.value, 'v')
    assertProperties(run, read.properties, { name: 'update-latest', ...original, contentType: 'application/json' })
  })

  await check('update answers without the value', async () => {
    await client.setSecret('update-no-value', 'never shown again')
    const after = await client.updateSecretProperties('update-no-value', '', { tags: { a: 'b' } })
    assert.ok(!JSON.stringify(after).includes('never shown again'))
    assert.equal(after.value, undefined)
  })

  await check('update of one version leaves the others as they are', async () => {
    const { properties: first } = await client.setSecret('update-version', 'one', original)
    await client.setSecret('update-version', 'two', original)
    const after = await client.updateSecretProperties('update-version', first.version, { tags: { changed: 'yes' } })
    assert.equal(after.version, first.version)
    assertProperties(run, after, { name: 'update-version', ...original, tags: { changed: 'yes' } })
    const latest = await client.getSecret('update-version')
    assertProperties(run, latest.properties, { name: 'update-version', ...original })
  })

  await check('tags are replaced, not merged, and an empty object clears them', async () => {
    await client.setSecret('update-tags', 'v', { tags: { a: '1', b: '2', c: '3' } })
    const replaced = await client.updateSecretProperties('update-tags', '', { tags: { d: '4' } })
    assert.deepEqual({ ...replaced.tags }, { d: '4' })
    const cleared = await client.updateSecretProperties('update-tags', '', { tags: {} })
    assert.equal(cleared.tags, undefined)
    assertProperties(run, (await client.getSecret('update-tags')).properties, { name: 'update-tags' })
  })

  await check('an empty content type clears it', async () => {
    await client.setSecret('update-content-type', 'v', { contentType: 'text/plain' })
    const after = await client.updateSecretProperties('update-content-type', '', { contentType: '' })
    assert.equal(after.contentType, undefined)
  })

  await check('null clears content type, dates and tags', async () => {
    await client.setSecret('update-null', 'v', original)
    const cleared = await client.updateSecretProperties('update-null', '', {
      contentType: null,
      notBefore: null,
      expiresOn: null,
      tags: null,
    })
    assertProperties(run, cleared, { name: 'update-null' })
  })

  await check('dates are changed one by one', async () => {
    await client.setSecret('update-dates', 'v', original)
    const expiresOn = new Date('2033-03-03T03:03:03Z')
    const after = await client.updateSecretProperties('update-dates', '', { expiresOn })
    assertProperties(run, after, { name: 'update-dates', ...original, expiresOn })
  })

  await check('update moves updated and not created, also when it changes nothing', async () => {
    const { properties: before } = await client.setSecret('update-times', 'v', original)
    await nextSecond()
    const changed = await client.updateSecretProperties('update-times', '', { tags: { a: '2' } })
    assert.deepEqual(changed.createdOn, before.createdOn)
    assert.ok(changed.updatedOn > before.updatedOn)
    await nextSecond()
    const unchanged = await client.updateSecretProperties('update-times', '', {})
    assert.deepEqual(unchanged.createdOn, before.createdOn)
    assert.ok(unchanged.updatedOn > changed.updatedOn)
    assertProperties(run, unchanged, { name: 'update-times', ...original, tags: { a: '2' } })
  })

  await check('disabling refuses get; a disabled secret is updated, set and enabled again', async () => {
    const { properties: first } = await client.setSecret('update-disable', 'one')
    const disabled = await client.updateSecretProperties('update-disable', '', { enabled: false })
    assertProperties(run, disabled, { name: 'update-disable', enabled: false })
    await assertRefused(run, () => client.getSecret('update-disable'), isDisabled)
    await assertRefused(run, () => client.getSecret('update-disable', { version: first.version }), isDisabled)
    const expiresOn = new Date('2030-01-01T00:00:00Z')
    const still = await client.updateSecretProperties('update-disable', first.version, { expiresOn })
    assertProperties(run, still, { name: 'update-disable', enabled: false, expiresOn })
    await client.updateSecretProperties('update-disable', '', { enabled: true })
    assert.equal((await client.getSecret('update-disable')).value, 'one')
    await client.updateSecretProperties('update-disable', '', { enabled: false })
    await client.setSecret('update-disable', 'two')
    assert.equal((await client.getSecret('update-disable')).value, 'two')
    await assertRefused(run, () => client.getSecret('update-disable', { version: first.version }), isDisabled)
  })

  await check('update finds a name in any casing', async () => {
    await client.setSecret('Update-Casing', 'v')
    const after = await client.updateSecretProperties('update-CASING', '', { tags: { a: 'b' } })
    assertProperties(run, after, { name: 'Update-Casing', tags: { a: 'b' } })
  })

  await check('update of an unknown secret or version is refused', async () => {
    await assertRefused(
      run,
      () => client.updateSecretProperties('update-unknown', '', { enabled: true }),
      notFound('update-unknown'),
    )
    const version = '0'.repeat(32)
    await assertRefused(
      run,
      () => client.updateSecretProperties('update-latest', version, { enabled: true }),
      notFound(`update-latest/${version}`),
    )
  })

  await check('the version of an update may be left out, where the client says so', async () => {
    await client.setSecret('update-short', 'v')
    const update = () => client.updateSecretProperties('update-short', { contentType: 'text/plain' })
    if (traits.versionOfUpdateIsOptional) {
      assert.equal((await update()).contentType, 'text/plain')
    } else {
      await assert.rejects(update)
      assert.equal((await client.getSecret('update-short')).properties.contentType, undefined)
    }
  })
}
