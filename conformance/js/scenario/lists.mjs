import assert from 'node:assert/strict'
import { clientOf } from '../clients.mjs'
import { allOf, assertListed, assertProperties, remove } from './assertions.mjs'

export async function listChecks(run) {
  const { check, client, traits } = run

  await check('the list is ordered by upper-cased name', async () => {
    for (const name of [
      'order-b',
      'Order-A',
      'ORDER-c',
      'order1',
      'order-',
      'orderz',
      'ORDERY',
      'order-10',
      'order-9',
    ]) {
      await client.setSecret(name, 'v')
    }
    const names = (await allOf(client.listPropertiesOfSecrets())).map(({ name }) => name)
    assert.deepEqual(
      names.filter((name) => /^order/i.test(name)),
      ['order-', 'order-10', 'order-9', 'Order-A', 'order-b', 'ORDER-c', 'order1', 'ORDERY', 'orderz'],
    )
    assert.deepEqual(names, names.toSorted(byUpperCase))
  })

  const many = Array.from({ length: 31 }, (_, i) => `list-${String(i).padStart(2, '0')}`)

  await check('the list has every secret once, over several pages, without versions or values', async () => {
    for (const name of many)
      await client.setSecret(name, `value of ${name}`, { tags: { name }, contentType: 'text/plain' })
    const listed = (await allOf(client.listPropertiesOfSecrets())).filter(({ name }) => name.startsWith('list-'))
    assert.deepEqual(
      listed.map(({ name }) => name),
      many,
    )
    for (const properties of listed) {
      const { name } = properties
      assertListed(run, properties, { name, tags: { name }, contentType: 'text/plain' })
    }
    assert.ok(!JSON.stringify(listed).includes('value of'))
  })

  await check('maxPageSize bounds each page, and all pages together are the list', async () => {
    const all = (await allOf(client.listPropertiesOfSecrets())).map(({ name }) => name)
    for (const maxPageSize of [1, 7, 25]) {
      if (maxPageSize === 1 && all.length > 200) continue
      const pages = await allOf(client.listPropertiesOfSecrets().byPage({ maxPageSize }))
      for (const page of pages) assert.ok(page.length <= maxPageSize)
      assert.ok(pages.length >= all.length / maxPageSize)
      assert.deepEqual(
        pages.flat().map(({ name }) => name),
        all,
      )
    }
  })

  await check('a page has 25 at most, also when none or more are asked for', async () => {
    for (const settings of [undefined, { maxPageSize: 25 }, { maxPageSize: 1000 }]) {
      const pages = await allOf(client.listPropertiesOfSecrets().byPage(settings))
      assert.ok(pages.length > 1)
      for (const page of pages) assert.ok(page.length <= 25, `${page.length} in a page`)
    }
  })

  await check('a list resumes from the token of a page, where pages carry one', async () => {
    const [first] = await firstOf(client.listPropertiesOfSecrets().byPage({ maxPageSize: 5 }))
    const { continuationToken } = first
    if (!traits.pagesResume) {
      assert.equal(continuationToken, undefined)
      return
    }
    const rest = clientOf(run, {}, run.credential)
      .listPropertiesOfSecrets()
      .byPage({ continuationToken, maxPageSize: 5 })
    const names = [...first, ...(await allOf(rest)).flat()].map(({ name }) => name)
    assert.deepEqual(
      names,
      (await allOf(client.listPropertiesOfSecrets())).map(({ name }) => name),
    )
  })

  await check('a list shows the attributes of the latest version, disabled and expired ones too', async () => {
    const expiresOn = new Date('2001-01-01T00:00:00Z')
    await client.setSecret('attributes-latest', 'one', { tags: { version: 'one' } })
    await client.setSecret('attributes-latest', 'two', { enabled: false, tags: { version: 'two' }, expiresOn })
    const listed = (await allOf(client.listPropertiesOfSecrets())).find(({ name }) => name === 'attributes-latest')
    assertListed(run, listed, { name: 'attributes-latest', enabled: false, tags: { version: 'two' }, expiresOn })
  })

  await check('a list goes on over names that are deleted meanwhile', async () => {
    const names = ['meanwhile-1', 'meanwhile-2', 'meanwhile-3', 'meanwhile-4']
    for (const name of names) await client.setSecret(name, 'v')
    const seen = []
    for await (const page of client.listPropertiesOfSecrets().byPage({ maxPageSize: 1 })) {
      for (const { name } of page) {
        seen.push(name)
        if (name === 'meanwhile-2') await remove(run, 'meanwhile-2')
        if (name === 'meanwhile-2') await remove(run, 'meanwhile-3')
      }
    }
    assert.deepEqual(
      seen.filter((name) => names.includes(name)),
      ['meanwhile-1', 'meanwhile-2', 'meanwhile-4'],
    )
  })

  await check('versions are listed by id, with their own attributes, over several pages', async () => {
    const made = new Map()
    for (let i = 0; i < 28; i++) {
      const { properties } = await client.setSecret('Versions-Many', `value ${i}`, {
        tags: { number: `${i}` },
        enabled: i % 3 !== 1,
      })
      made.set(properties.version, i)
    }
    const pages = await allOf(client.listPropertiesOfSecretVersions('versions-many').byPage({ maxPageSize: 10 }))
    assert.ok(pages.length >= 3)
    const listed = pages.flat()
    const ids = listed.map(({ version }) => version)
    assert.deepEqual(ids, [...made.keys()].sort())
    for (const properties of listed) {
      const i = made.get(properties.version)
      assertProperties(run, properties, {
        name: 'Versions-Many',
        tags: { number: `${i}` },
        enabled: i % 3 !== 1,
      })
      assert.equal(properties.previousVersion, undefined)
    }
    assert.ok(!JSON.stringify(listed).includes('value '))
    const latest = await client.getSecret('versions-many')
    assert.equal(made.get(latest.properties.version), 27)
    assert.deepEqual(
      (await allOf(client.listPropertiesOfSecretVersions('Versions-Many'))).map(({ version }) => version),
      ids,
    )
  })

  await check('an unknown secret and a deleted one have no versions', async () => {
    assert.deepEqual(await allOf(client.listPropertiesOfSecretVersions('versions-unknown')), [])
    await client.setSecret('versions-deleted', 'v')
    await remove(run, 'versions-deleted')
    assert.deepEqual(await allOf(client.listPropertiesOfSecretVersions('versions-deleted')), [])
  })

  await check('deleted secrets are listed by name, over several pages, and not among the others', async () => {
    const names = Array.from({ length: 9 }, (_, i) => `list-deleted-${i}`)
    for (const name of names) {
      await client.setSecret(name, 'never shown', { tags: { name } })
      await remove(run, name)
    }
    const pages = await allOf(client.listDeletedSecrets().byPage({ maxPageSize: 4 }))
    for (const page of pages) assert.ok(page.length <= 4)
    const listed = pages.flat()
    assert.deepEqual(
      listed.map(({ name }) => name),
      listed.map(({ name }) => name).toSorted(byUpperCase),
    )
    const ours = listed.filter(({ name }) => names.includes(name))
    assert.deepEqual(
      ours.map(({ name }) => name),
      names,
    )
    for (const deleted of ours) {
      assert.equal(deleted.value, undefined)
      assert.equal(deleted.recoveryId, `${run.vault.url}/deletedsecrets/${deleted.name}`)
      assert.equal(
        deleted.scheduledPurgeDate.getTime() - deleted.deletedOn.getTime(),
        run.vault.retentionInDays * 86_400_000,
      )
      assertListed(run, deleted.properties, { name: deleted.name, tags: { name: deleted.name } })
    }
    const active = (await allOf(client.listPropertiesOfSecrets())).map(({ name }) => name)
    for (const name of names) assert.ok(!active.includes(name))
    const flat = (await allOf(client.listDeletedSecrets())).map(({ name }) => name)
    assert.deepEqual(
      flat,
      listed.map(({ name }) => name),
    )
  })
}

function byUpperCase(a, b) {
  const [x, y] = [a.toUpperCase(), b.toUpperCase()]
  return x < y ? -1 : x > y ? 1 : 0
}

async function firstOf(iterable) {
  for await (const item of iterable) return [item]
  return []
}
