/** What the client itself does with an answer: the same everywhere, or as the table of traits says. */
import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import { clientOf, clientThat, clientThatAnswers, refusalInPlaceOf } from '../clients.mjs'
import { allOf, rejectionOf, remove } from './assertions.mjs'

export async function clientChecks(run) {
  const { check, client, secrets, traits } = run

  await check('the module has the exports of the official one', async () => {
    for (const name of ['SecretClient', 'parseKeyVaultSecretIdentifier']) {
      assert.equal(typeof secrets[name], 'function', name)
    }
    for (const name of ['RestError', 'isRestError']) {
      assert.equal(typeof secrets[name], traits.exportsErrors ? 'function' : 'undefined', name)
    }
    assert.equal(typeof secrets.logger.info, 'function')
    assert.deepEqual({ ...secrets.KnownContentType }, { PFX: 'application/x-pkcs12', PEM: 'application/x-pem-file' })
    assert.deepEqual(
      { ...secrets.KnownDeletionRecoveryLevel },
      {
        Purgeable: 'Purgeable',
        RecoverablePurgeable: 'Recoverable+Purgeable',
        Recoverable: 'Recoverable',
        RecoverableProtectedSubscription: 'Recoverable+ProtectedSubscription',
        CustomizedRecoverablePurgeable: 'CustomizedRecoverable+Purgeable',
        CustomizedRecoverable: 'CustomizedRecoverable',
        CustomizedRecoverableProtectedSubscription: 'CustomizedRecoverable+ProtectedSubscription',
      },
    )
  })

  await check('vaultUrl is the address that was given', () => {
    assert.equal(client.vaultUrl, run.vault.url)
  })

  await check('a trailing slash on the vault address changes nothing', async () => {
    const other = clientOf({ ...run, vault: { ...run.vault, url: `${run.vault.url}/` } }, {}, run.credential)
    assert.equal((await other.getSecret('set-plain')).value, 'a value')
  })

  await check('a value shows in logs only where the client lets it', async () => {
    await client.setSecret('client-prints', 'shown-or-not')
    const secret = await client.getSecret('client-prints')
    assert.equal(secret.value, 'shown-or-not')
    const { value } = secret
    assert.equal(value, 'shown-or-not')
    for (const text of [JSON.stringify(secret), inspect(secret), inspect({ nested: [secret] }, { depth: null })]) {
      assert.equal(text.includes('shown-or-not'), traits.printsValues)
      assert.ok(text.includes('client-prints'))
    }
  })

  await check('an identifier is taken apart', () => {
    const id = `${run.vault.url}/secrets/a-name/${'a'.repeat(32)}`
    const { sourceId, vaultUrl, name, version } = secrets.parseKeyVaultSecretIdentifier(id)
    assert.deepEqual(
      { sourceId, vaultUrl, name, version },
      { sourceId: id, vaultUrl: run.vault.url, name: 'a-name', version: 'a'.repeat(32) },
    )
    assert.equal(secrets.parseKeyVaultSecretIdentifier(`${run.vault.url}/secrets/a-name`).version, undefined)
    assert.throws(() => secrets.parseKeyVaultSecretIdentifier('no address'))
    const foreign = () => secrets.parseKeyVaultSecretIdentifier(`${run.vault.url}/keys/a-name/${'a'.repeat(32)}`)
    if (traits.refusesForeignIdentifiers) assert.throws(foreign)
    else assert.equal(foreign().name, 'a-name')
  })

  await check('an option that the client does not know is refused, where the client says so', async () => {
    const set = () => client.setSecret('client-options', 'v', { expires: new Date('2030-01-01T00:00:00Z') })
    if (traits.refusesUnknownOptions) {
      assert.match((await rejectionOf(set)).message, /expires/)
    } else {
      assert.equal((await set()).properties.expiresOn, undefined)
    }
  })

  await check('secrets carry their id, where the client says so', async () => {
    const secret = await client.getSecret('set-plain')
    assert.equal(secret.id, traits.hasIdOnSecrets ? secret.properties.id : undefined)
  })

  await check('onResponse sees the status and the request id of each call', async () => {
    const seen = []
    await client.getSecret('set-plain', { onResponse: (response) => seen.push(response) })
    assert.ok(seen.length > 0)
    const last = seen.at(-1)
    assert.equal(last.status, 200)
    assert.ok(last.headers.get('x-ms-request-id'))
  })

  await check('a call is cut off by its abortSignal', async () => {
    const error = await rejectionOf(() => client.getSecret('set-plain', { abortSignal: AbortSignal.abort() }))
    assert.equal(error.name, 'AbortError')
  })

  await check('headers of requestOptions are sent', async () => {
    let header
    const shown = clientThatAnswers(run, (_, request) => {
      header = request.headers.get('x-of-the-caller')
    })
    await shown.getSecret('set-plain', { requestOptions: { headers: { 'x-of-the-caller': 'here' } } })
    assert.equal(header, 'here')
  })

  await check('a policy of the caller may change the body', async () => {
    const changing = clientThat(
      run,
      (request) => {
        request.body = JSON.stringify({ value: 'longer than what was given' })
      },
      {},
      run.credential,
    )
    assert.equal((await changing.setSecret('client-changed', 'short')).value, 'longer than what was given')
    assert.equal((await client.getSecret('client-changed')).value, 'longer than what was given')
  })

  await check('a next call needs no challenge: one request, one answer', async () => {
    const statuses = []
    const own = clientOf(run, {}, run.credential)
    await own.getSecret('set-plain')
    for (let i = 0; i < 3; i++)
      await own.getSecret('set-plain', { onResponse: (response) => statuses.push(response.status) })
    assert.deepEqual(statuses, [200, 200, 200])
  })

  await check('a set whose answer is lost: one version or two, as the client says', async () => {
    let lost = 0
    const losing = clientThatAnswers(
      run,
      (response, request) => {
        if (request.method !== 'PUT' || response.status !== 200 || lost++ > 0) return undefined
        return refusalInPlaceOf(response, 503, 'ServiceUnavailable')
      },
      { retryOptions: { retryDelayInMs: 20 } },
    )
    const { properties } = await losing.setSecret('client-lost', 'v')
    assert.ok(lost > 0)
    const versions = await allOf(client.listPropertiesOfSecretVersions('client-lost'))
    assert.equal(versions.length, traits.looksBeforeSettingAgain ? 1 : 2)
    const latest = await client.getSecret('client-lost')
    assert.equal(latest.value, 'v')
    assert.equal(latest.properties.version, properties.version)
  })

  await check('a 429 that does not say when to come back: tried again or not, as the client says', async () => {
    let throttled = 0
    const slowed = clientThatAnswers(
      run,
      (response) => {
        if (response.status !== 200 || throttled++ > 0) return undefined
        return refusalInPlaceOf(response, 429, 'Throttled')
      },
      { retryOptions: { retryDelayInMs: 20 } },
    )
    if (traits.retriesThrottlingWithoutAdvice) {
      assert.equal((await slowed.getSecret('set-plain')).value, 'a value')
    } else {
      assert.equal((await rejectionOf(() => slowed.getSecret('set-plain'))).statusCode, 429)
    }
  })

  await check('recover begins with the recovery or with a look, as the client says', async () => {
    await client.setSecret('client-recover', 'v')
    await remove(run, 'client-recover')
    const methods = []
    const seen = clientThatAnswers(run, (response, { method }) => {
      if (response.status !== 401) methods.push(method)
    })
    await (await seen.beginRecoverDeletedSecret('client-recover', { intervalInMs: 20 })).pollUntilDone()
    assert.deepEqual(methods.slice(0, 2), traits.recoversAtOnce ? ['POST', 'GET'] : ['GET', 'POST'])
  })
}
