/** The steps of the corpus, each in a process of its own: the server is restarted and killed between them. */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { corpus, corpusSecret, marker } from '../corpus.mjs'
import { check, tell } from './checks.mjs'
import { clientOf } from './clients.mjs'
import { allOf, assertRefused, notFound } from './scenario/assertions.mjs'

const atOnce = 16
const poll = { intervalInMs: 20 }

export async function corpusTask(run) {
  const [step, ...args] = run.args
  await steps[step](run, ...args)
}

const steps = { fill, compare, write, verify }

/** What happens to each secret after it is set, by its number. */
const isUpdated = (index) => index % 10 === 3
const hasSecondVersion = (index) => index % 10 === 1
const isRecovered = (index) => index % 10 === 5
const isRestored = (index) => index % 10 === 9
const staysDeleted = (index) => index % 100 === 44

const updates = { contentType: 'application/x-updated', tags: { updated: 'yes', by: 'the corpus' } }

/** The corpus as it stands after all that. */
function expectedCorpus(owner) {
  return corpus(owner).map((secret, index) => {
    if (hasSecondVersion(index)) return corpusSecret(owner, index, 1)
    if (isUpdated(index)) return { ...secret, options: { ...secret.options, ...updates } }
    return secret
  })
}

async function fill(run, owner, snapshotFile) {
  const client = clientOf(run)
  const secrets = corpus(owner)
  const those = (chosen) => secrets.map((secret, index) => ({ ...secret, index })).filter(({ index }) => chosen(index))

  await check('every secret is set', () =>
    each(secrets, async ({ name, value, options }) => {
      const answer = await client.setSecret(name, value, options)
      assertSame(answer, { name, value, options })
    }),
  )

  await check('the list has every name, with its tags and content type', async () => {
    const listed = new Map()
    for await (const properties of client.listPropertiesOfSecrets()) listed.set(properties.name, properties)
    for (const { name, options } of secrets) assertSameProperties(listed.get(name), { name, options })
  })

  await check('some are updated', () =>
    each(those(isUpdated), ({ name }) => client.updateSecretProperties(name, '', updates)),
  )

  await check('some get a second version', () =>
    each(those(hasSecondVersion), ({ index }) => {
      const { name, value, options } = corpusSecret(owner, index, 1)
      return client.setSecret(name, value, options)
    }),
  )

  await check('some are deleted and recovered', () =>
    each(those(isRecovered), async ({ name }) => {
      await (await client.beginDeleteSecret(name, poll)).pollUntilDone()
      await (await client.beginRecoverDeletedSecret(name, poll)).pollUntilDone()
    }),
  )

  await check('some are backed up, purged and restored', () =>
    each(those(isRestored), async ({ name }) => {
      const blob = await client.backupSecret(name)
      assert.ok(!Buffer.from(blob).includes(marker), `${name}: the backup shows no value`)
      await (await client.beginDeleteSecret(name, poll)).pollUntilDone()
      await client.purgeDeletedSecret(name)
      await client.restoreSecretBackup(blob)
    }),
  )

  await check('some are deleted and stay so', () =>
    each(those(staysDeleted), async ({ name }) => {
      await (await client.beginDeleteSecret(name, poll)).pollUntilDone()
    }),
  )

  await check('every secret is read back identical', async () => {
    const snapshot = await readAll(run, client, owner)
    writeFileSync(snapshotFile, JSON.stringify(snapshot))
    tell({ identical: Object.keys(snapshot).length })
  })
}

async function compare(run, owner, snapshotFile) {
  await check(`every secret of ${owner} is read back identical, with its ids and dates`, async () => {
    const now = await readAll(run, clientOf(run), owner)
    const before = JSON.parse(readFileSync(snapshotFile, 'utf8'))
    assert.deepEqual(Object.keys(now), Object.keys(before))
    for (const [name, marks] of Object.entries(before)) assert.deepEqual(now[name], marks, name)
    tell({ identical: Object.keys(now).length })
  })
}

/** Reads every secret, compares it with the corpus, and returns what the vault itself gave it: ids and times. */
async function readAll(run, client, owner) {
  const expected = expectedCorpus(owner)
  const snapshot = Object.fromEntries(expected.map(({ name }) => [name, undefined]))
  await each(
    expected.map((secret, index) => ({ secret, index })),
    async ({ secret, index }) => {
      const { name } = secret
      if (staysDeleted(index)) {
        const deleted = await client.getDeletedSecret(name)
        assertSameProperties(deleted.properties, secret)
        await assertRefused(run, () => client.getSecret(name), notFound(name))
        snapshot[name] = { ...marksOf(deleted.properties), deletedOn: deleted.deletedOn.toISOString() }
        return
      }
      const found = await client.getSecret(name)
      assertSame(found, secret)
      snapshot[name] = marksOf(found.properties)
      if (!hasSecondVersion(index)) return
      const versions = await allOf(client.listPropertiesOfSecretVersions(name))
      assert.equal(versions.length, 2, name)
      const first = versions.find(({ version }) => version !== found.properties.version)
      assertSame(await client.getSecret(name, { version: first.version }), corpusSecret(owner, index))
      snapshot[name].first = marksOf(first)
    },
  )
  return snapshot
}

const marksOf = ({ id, createdOn, updatedOn }) => ({
  id,
  createdOn: createdOn.toISOString(),
  updatedOn: updatedOn.toISOString(),
})

/** Few names, so that each gets many versions. */
const namesInFlight = 200
const sent = (owner, number) => {
  const { name, value } = corpusSecret(owner, number % namesInFlight, number)
  return { name, value, number }
}

/** Sets without end, and says of each set that the vault acknowledged it, until the vault is gone. */
async function write(run, owner) {
  // A set that is tried again after a lost answer would be one more version, acknowledged or not: here each is sent once.
  const client = clientOf(run, { retryOptions: { maxRetries: 0 } })
  await client.setSecret(`${owner}-first`, 'the challenge is over, the sets can begin')
  tell({ writing: owner })
  let number = 0
  let gone
  const work = async () => {
    while (gone === undefined) {
      const { name, value, number: tag } = sent(owner, number++)
      try {
        const { properties } = await client.setSecret(name, value, { tags: { number: `${tag}` } })
        tell({ acknowledged: { number: tag, version: properties.version } })
      } catch (error) {
        gone ??= error
      }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  await check('the sets go on until the vault is gone', () => {
    assert.equal(gone.statusCode, undefined, `${gone.name}: ${gone.message}`)
  })
}

async function verify(run, owner, acknowledgedFile) {
  const client = clientOf(run)
  const acknowledged = JSON.parse(readFileSync(acknowledgedFile, 'utf8'))
  let found = 0

  await check('every acknowledged set is there and identical', async () => {
    const missing = []
    await each(acknowledged, async ({ number, version }) => {
      const { name, value } = sent(owner, number)
      try {
        const secret = await client.getSecret(name, { version })
        assert.ok(secret.value === value && secret.properties.tags.number === `${number}`, `${name} is identical`)
        found++
      } catch (error) {
        missing.push(`${name}/${version}: ${error.message}`)
      }
    })
    assert.deepEqual(missing, [])
  })
  tell({ found })

  const last = new Map()
  for (const { number } of acknowledged) {
    const { name } = sent(owner, number)
    last.set(name, Math.max(number, last.get(name) ?? 0))
  }

  await check('a set that was not acknowledged is there whole, or not at all', () =>
    each([...last.keys()], async (name) => {
      for (const { version } of await allOf(client.listPropertiesOfSecretVersions(name))) {
        const { value, properties } = await client.getSecret(name, { version })
        assert.ok(sent(owner, Number(properties.tags.number)).value === value, `${name}/${version} is whole`)
      }
    }),
  )

  await check('the latest version is the last that was acknowledged, or a later one', () =>
    each([...last], async ([name, number]) => {
      const { properties } = await client.getSecret(name)
      assert.ok(Number(properties.tags.number) >= number, `${name}: ${properties.tags.number} after ${number}`)
    }),
  )

  await check('the vault takes new versions', async () => {
    const [name] = last.keys()
    await client.setSecret(name, 'after the restart', { tags: { number: '0' } })
    assert.equal((await client.getSecret(name)).value, 'after the restart')
  })
}

function assertSame(secret, { name, value, options }) {
  assert.equal(secret.name, name)
  // Not assert.equal: its message would print the values.
  assert.ok(secret.value === value, `the value of ${name} is identical`)
  assertSameProperties(secret.properties, { name, options })
}

function assertSameProperties(properties, { name, options }) {
  assert.ok(properties, `${name} is there`)
  assert.equal(properties.contentType, options.contentType, name)
  assert.deepEqual(properties.tags && { ...properties.tags }, options.tags, name)
  assert.deepEqual(properties.notBefore, options.notBefore, name)
  assert.deepEqual(properties.expiresOn, options.expiresOn, name)
  assert.equal(properties.enabled, true, name)
}

async function each(items, act) {
  let next = 0
  const work = async () => {
    while (next < items.length) await act(items[next++])
  }
  await Promise.all(Array.from({ length: atOnce }, work))
}
