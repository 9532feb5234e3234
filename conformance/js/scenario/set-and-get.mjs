import assert from 'node:assert/strict'
import { clientOf, clientThatAnswers } from '../clients.mjs'
import {
  assertJustNow,
  assertProperties,
  assertRefused,
  assertWholeSeconds,
  isDisabled,
  nextSecond,
} from './assertions.mjs'

export async function setAndGetChecks(run) {
  const { check, client, traits } = run

  await check('set answers with the value, a version and the defaults', async () => {
    const secret = await client.setSecret('set-plain', 'a value')
    assert.equal(secret.name, 'set-plain')
    assert.equal(secret.value, 'a value')
    assertProperties(run, secret.properties, { name: 'set-plain' })
    assertJustNow(secret.properties.createdOn)
    assert.deepEqual(secret.properties.updatedOn, secret.properties.createdOn)
  })

  await check('get without a version answers the latest, with a version that one', async () => {
    const first = await client.setSecret('get-versions', 'one')
    const second = await client.setSecret('get-versions', 'two')
    assert.notEqual(first.properties.version, second.properties.version)
    const latest = await client.getSecret('get-versions')
    assert.equal(latest.value, 'two')
    assert.equal(latest.properties.version, second.properties.version)
    const old = await client.getSecret('get-versions', { version: first.properties.version })
    assert.equal(old.value, 'one')
    assertProperties(run, old.properties, { name: 'get-versions' })
    assert.equal(old.properties.version, first.properties.version)
  })

  await check('many sets within one second: the last one is the latest', async () => {
    for (let i = 0; i < 12; i++) await client.setSecret('set-fast', `value ${i}`)
    assert.equal((await client.getSecret('set-fast')).value, 'value 11')
  })

  await check('set keeps tags, content type, dates and enabled', async () => {
    const given = {
      name: 'set-attributes',
      enabled: true,
      contentType: 'text/plain; charset=utf-8',
      tags: { stage: 'production', 'owner of it': 'billing "team"', empty: '' },
      notBefore: new Date('2020-02-03T04:05:06Z'),
      expiresOn: new Date('2037-12-31T23:59:59Z'),
    }
    const { name, ...options } = given
    const secret = await client.setSecret(name, 'v', options)
    assertProperties(run, secret.properties, given)
    const read = await client.getSecret(name)
    assert.equal(read.value, 'v')
    assertProperties(run, read.properties, given)
  })

  await check('a new version inherits nothing from the one before', async () => {
    await client.setSecret('set-inherits', 'v', {
      contentType: 'text/plain',
      tags: { a: 'b' },
      notBefore: new Date('2021-01-01T00:00:00Z'),
      expiresOn: new Date('2031-01-01T00:00:00Z'),
    })
    await client.setSecret('set-inherits', 'w')
    assertProperties(run, (await client.getSecret('set-inherits')).properties, { name: 'set-inherits' })
  })

  await check('the empty string is a value', async () => {
    assert.equal((await client.setSecret('set-empty', '')).value, '')
    assert.equal((await client.getSecret('set-empty')).value, '')
  })

  await check('tags given as an empty object are no tags', async () => {
    await client.setSecret('set-no-tags', 'v', { tags: {} })
    assertProperties(run, (await client.getSecret('set-no-tags')).properties, { name: 'set-no-tags' })
  })

  const texts = {
    'quotes, backslashes and line ends': 'a "quoted" \\ path\r\n\tand\nmore\u0000\u007f',
    'letters of many scripts': 'Zażółć gęślą jaźń · 日本語 · ελληνικά · עברית · 𝒻𝓊𝓃 · 👩‍👩‍👧‍👦 · \u2028\u2029',
    'white space only': ' \t ',
    'what looks like JSON': '{"value":null,"attributes":{"enabled":false}}',
  }
  let number = 0
  for (const [what, value] of Object.entries(texts)) {
    const name = `set-text-${++number}`
    await check(`${what} come back unchanged`, async () => {
      await client.setSecret(name, value, { tags: { 'tag é': 'wartość 👍' } })
      const read = await client.getSecret(name)
      assert.equal(read.value, value)
      assert.deepEqual({ ...read.properties.tags }, { 'tag é': 'wartość 👍' })
    })
  }

  await check('25 600 characters come back unchanged, in one byte each or in more', async () => {
    for (const [name, value] of [
      ['set-longest', 'x'.repeat(25_600)],
      ['set-longest-wide', `${'€👍'.repeat(8533)}z`],
    ]) {
      assert.equal(value.length, 25_600)
      await client.setSecret(name, value)
      assert.ok((await client.getSecret(name)).value === value, `${name} came back as it was`)
    }
  })

  await check('names of 1 and of 127 characters, with leading digits and dashes', async () => {
    for (const name of ['7', '-', '0-starts-with-a-digit', `n${'a'.repeat(126)}`]) {
      await client.setSecret(name, 'v')
      assertProperties(run, (await client.getSecret(name)).properties, { name })
    }
  })

  await check('names that are words of the protocol are names like any other', async () => {
    for (const name of ['restore', 'versions', 'backup', 'recover', 'deletedsecrets']) {
      await client.setSecret(name, name)
      assert.equal((await client.getSecret(name)).value, name)
    }
  })

  await check('15 tags with names and values of 512 characters, and a content type of 255', async () => {
    const tags = {}
    for (let i = 0; i < 15; i++) tags[`${i}`.padEnd(512, 't')] = `${i}`.padEnd(512, 'v')
    const contentType = 'c'.repeat(255)
    await client.setSecret('set-most', 'v', { tags, contentType })
    assertProperties(run, (await client.getSecret('set-most')).properties, { name: 'set-most', tags, contentType })
  })

  await check('a secret set disabled answers with its value, and get is refused', async () => {
    const secret = await client.setSecret('set-disabled', 'v', { enabled: false })
    assert.equal(secret.value, 'v')
    assertProperties(run, secret.properties, { name: 'set-disabled', enabled: false })
    await assertRefused(run, () => client.getSecret('set-disabled'), isDisabled)
    await assertRefused(run, () => client.getSecret('set-disabled', { version: secret.properties.version }), isDisabled)
  })

  await check('an enabled version is read though a later one is disabled', async () => {
    const first = await client.setSecret('set-then-disabled', 'one')
    await client.setSecret('set-then-disabled', 'two', { enabled: false })
    await assertRefused(run, () => client.getSecret('set-then-disabled'), isDisabled)
    assert.equal((await client.getSecret('set-then-disabled', { version: first.properties.version })).value, 'one')
  })

  await check('expired and not yet valid secrets are read: the dates only inform', async () => {
    await client.setSecret('set-expired', 'old', { expiresOn: new Date('2001-01-01T00:00:00Z') })
    await client.setSecret('set-early', 'new', { notBefore: new Date('2036-01-01T00:00:00Z') })
    await client.setSecret('set-crossed', 'odd', {
      notBefore: new Date('2030-01-01T00:00:00Z'),
      expiresOn: new Date('2020-01-01T00:00:00Z'),
    })
    assert.equal((await client.getSecret('set-expired')).value, 'old')
    assert.equal((await client.getSecret('set-early')).value, 'new')
    assert.equal((await client.getSecret('set-crossed')).value, 'odd')
  })

  await check('a date at the end of what 32 bits hold', async () => {
    const expiresOn = new Date(2 ** 31 * 1000 - 1000)
    await client.setSecret('set-2038', 'v', { expiresOn })
    assert.deepEqual((await client.getSecret('set-2038')).properties.expiresOn, expiresOn)
  })

  await check('a date beyond 2038 is kept, or refused with the reason where the client cut it', async () => {
    for (const expiresOn of [new Date('2040-01-01T00:00:00Z'), new Date('9999-12-31T23:59:59Z')]) {
      const set = () => client.setSecret('set-beyond-2038', 'v', { expiresOn })
      if (traits.sendsDatesBeyond2038) {
        assert.deepEqual((await set()).properties.expiresOn, expiresOn)
        assert.deepEqual((await client.getSecret('set-beyond-2038')).properties.expiresOn, expiresOn)
      } else {
        await assertRefused(run, set, { status: 400, code: 'BadParameter', message: /2038/ })
      }
    }
  })

  await check('a notBefore of 1970-01-01 is a date like any other', async () => {
    await client.setSecret('set-epoch', 'v', { notBefore: new Date(0) })
    const { notBefore } = (await client.getSecret('set-epoch')).properties
    if (traits.readsTheEpochAsDate) assert.deepEqual(notBefore, new Date(0))
    else assert.equal(notBefore, 0)
  })

  await check('names are found in any casing and shown in the first', async () => {
    await client.setSecret('Set-Casing', 'one')
    const other = await client.setSecret('SET-casing', 'two')
    assert.equal(other.name, 'Set-Casing')
    assertProperties(run, other.properties, { name: 'Set-Casing' })
    const read = await client.getSecret('set-CASING')
    assert.equal(read.value, 'two')
    assertProperties(run, read.properties, { name: 'Set-Casing' })
    assert.equal((await client.getSecret('set-casing', { version: other.properties.version })).name, 'Set-Casing')
  })

  await check('a version id is found in any casing', async () => {
    const { properties } = await client.setSecret('set-version-casing', 'v')
    const read = await client.getSecret('set-version-casing', { version: properties.version.toUpperCase() })
    assert.equal(read.properties.version, properties.version)
  })

  await check('previousVersion names the version that was replaced, and a first version has none', async () => {
    const first = await client.setSecret('set-previous', 'one')
    assert.equal(first.properties.previousVersion, undefined)
    const second = await client.setSecret('set-previous', 'two')
    const previous = first.properties.id
    assert.equal(second.properties.previousVersion, previous)
    assert.equal((await client.getSecret('set-previous')).properties.previousVersion, previous)
    const updated = await client.updateSecretProperties('set-previous', '', { contentType: 'text/plain' })
    assert.equal(updated.previousVersion, previous)
  })

  await check('api-version 7.5 works, without previousVersion', async () => {
    const older = clientOf(run, { serviceVersion: '7.5' }, run.credential)
    await older.setSecret('set-7-5', 'one')
    const second = await older.setSecret('set-7-5', 'two', { tags: { a: 'b' } })
    assertProperties(run, second.properties, { name: 'set-7-5', tags: { a: 'b' } })
    assert.equal(second.properties.previousVersion, undefined)
    assert.equal((await older.getSecret('set-7-5')).value, 'two')
    assert.ok((await client.getSecret('set-7-5')).properties.previousVersion)
  })

  await check('api-version 7.0 works, without recoverableDays', async () => {
    const oldest = clientOf(run, { serviceVersion: '7.0' }, run.credential)
    const { properties } = await oldest.setSecret('set-7-0', 'v')
    assert.equal(properties.recoverableDays, undefined)
    assert.equal(properties.recoveryLevel, 'Recoverable+Purgeable')
  })

  await check('the default api-version is the one the client is known for', async () => {
    let url
    const shown = clientThatAnswers(run, (_, request) => {
      url = new URL(request.url)
    })
    await shown.getSecret('set-plain')
    assert.equal(url.searchParams.get('api-version'), traits.apiVersion)
    assert.equal(url.pathname, '/secrets/set-plain/')
  })

  await check('every answer carries the headers of the service', async () => {
    const answers = []
    const shown = clientThatAnswers(run, (response, request) => {
      answers.push({ response, request })
    })
    await shown.setSecret('set-headers', 'v')
    await shown.getSecret('set-headers')
    await shown.getSecret('no-such-secret').catch(() => {})
    assert.ok(answers.length >= 3)
    const ids = new Set()
    for (const { response, request } of answers) {
      const header = (name) => response.headers.get(name)
      assert.match(header('x-ms-request-id'), /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
      ids.add(header('x-ms-request-id'))
      assert.equal(header('x-ms-client-request-id'), request.headers.get('x-ms-client-request-id'))
      assert.equal(header('content-type'), 'application/json; charset=utf-8')
      assert.equal(header('cache-control'), 'no-cache')
      assert.equal(header('pragma'), 'no-cache')
      assert.equal(header('expires'), '-1')
      assert.equal(header('x-content-type-options'), 'nosniff')
      assert.equal(header('strict-transport-security'), 'max-age=31536000;includeSubDomains')
      assert.ok(header('x-ms-keyvault-region'))
      assert.ok(header('x-ms-keyvault-service-version'))
      assert.match(header('x-ms-keyvault-network-info'), /^conn_type=Ipv[46];addr=.+;act_addr_fam=.+;$/)
      assert.ok(!Number.isNaN(Date.parse(header('date'))))
    }
    assert.equal(ids.size, answers.length, 'each answer has a request id of its own')
  })

  await check('created and updated are whole seconds, and each version has its own', async () => {
    const first = await client.setSecret('set-times', 'one')
    await nextSecond()
    const second = await client.setSecret('set-times', 'two')
    assertWholeSeconds(second.properties.createdOn)
    assert.ok(second.properties.createdOn > first.properties.createdOn)
    const old = await client.getSecret('set-times', { version: first.properties.version })
    assert.deepEqual(old.properties.createdOn, first.properties.createdOn)
    assert.deepEqual(old.properties.updatedOn, first.properties.updatedOn)
  })

  await check('twenty clients at once set and get, each its own secret', async () => {
    await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        const own = clientOf(run, {}, run.credential)
        await own.setSecret(`set-at-once-${i}`, `value ${i}`)
        assert.equal((await own.getSecret(`set-at-once-${i}`)).value, `value ${i}`)
      }),
    )
  })

  await check('outContentType is ignored for a secret that backs no certificate', async () => {
    await client.setSecret('set-converted', 'as it is')
    const read = await client.getSecret('set-converted', { outContentType: 'application/x-pem-file' })
    assert.equal(read.value, 'as it is')
  })
}
