import assert from 'node:assert/strict'
import { clientOf, clientThat, credentialOf } from '../clients.mjs'
import { assertRefused, assertRefusedLocally, deletedNotFound, notFound, recover, rejectionOf } from './assertions.mjs'

const badParameter = (message) => ({ status: 400, code: 'BadParameter', message, errorClass: 'InvalidRequestError' })

export async function refusalChecks(run) {
  const { check, client, traits, credential } = run
  const changed = (change, options) => clientThat(run, change, options, credential)
  /** A client that sends this body whatever it is asked to set: past the checks a client makes before a request. */
  const sending = (body) =>
    changed((request) => {
      request.body = typeof body === 'string' ? body : JSON.stringify(body)
      request.headers.set('content-length', `${Buffer.byteLength(request.body)}`)
    })

  await check('get, update, delete, backup, recover and get-deleted of an unknown name are refused', async () => {
    const missing = notFound('no-such-secret')
    await assertRefused(run, () => client.getSecret('no-such-secret'), missing)
    await assertRefused(run, () => client.updateSecretProperties('no-such-secret', '', { enabled: true }), missing)
    await assertRefused(run, () => client.beginDeleteSecret('no-such-secret'), missing)
    await assertRefused(run, () => client.backupSecret('no-such-secret'), missing)
    await assertRefused(run, () => recover(run, 'no-such-secret'), missing)
    await assertRefused(run, () => client.getDeletedSecret('no-such-secret'), deletedNotFound('no-such-secret'))
  })

  await check('an unknown version and a malformed one are not found', async () => {
    await client.setSecret('refused-version', 'v')
    for (const version of ['f'.repeat(32), 'abc', 'not-a-version', '0'.repeat(33)]) {
      await assertRefused(
        run,
        () => client.getSecret('refused-version', { version }),
        notFound(`refused-version/${version}`),
      )
    }
  })

  await check('a name that breaks the rule is refused, by the vault or before a request', async () => {
    for (const name of ['with space', 'under_score', 'dotted.name', 'sla/sh', 'umläut', 'n'.repeat(128)]) {
      for (const call of [
        (by) => by.getSecret(name),
        (by) => by.setSecret(name, 'v'),
        (by) => by.backupSecret(name),
        (by) => by.getDeletedSecret(name),
      ]) {
        if (traits.checksFirst) {
          await assertRefusedLocally(call, { message: /name/i, client: counting })
        } else {
          await assertRefused(
            run,
            () => call(client),
            badParameter(`The request URI contains an invalid name: ${name}`),
          )
        }
      }
    }
  })

  await check('an empty name is refused, by the vault or before a request', async () => {
    if (traits.checksFirst) {
      for (const call of [(by) => by.getSecret(''), (by) => by.setSecret('', 'v'), (by) => by.beginDeleteSecret('')]) {
        await assertRefusedLocally(call, { message: /name/i, client: counting })
      }
      return
    }
    await assertRefused(run, () => client.getSecret(''), badParameter(/^The request URI contains an invalid name/))
    const notAllowed = (method) => ({
      status: 405,
      code: 'MethodNotAllowed',
      message: `HTTP ${method} not allowed`,
    })
    await assertRefused(run, () => client.setSecret('', 'v'), notAllowed('PUT'))
    await assertRefused(run, () => client.beginDeleteSecret(''), notAllowed('DELETE'))
  })

  await check('16 tags are refused, by the vault or before a request', async () => {
    const tags = Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`tag${i}`, 'v']))
    const expected = badParameter('Property has invalid value\r\n')
    if (traits.checksFirst) {
      await assertRefusedLocally((by) => by.setSecret('refused-tags', 'v', { tags }), {
        message: /15/,
        client: counting,
      })
      await assertRefused(run, () => sending({ value: 'v', tags }).setSecret('refused-tags', 'v'), expected)
    } else {
      await assertRefused(run, () => client.setSecret('refused-tags', 'v', { tags }), expected)
      await client.setSecret('refused-tags-update', 'v')
      await assertRefused(run, () => client.updateSecretProperties('refused-tags-update', '', { tags }), expected)
    }
    await assertRefused(run, () => client.getSecret('refused-tags'), notFound('refused-tags'))
  })

  await check('a value of 25 601 characters is refused, by the vault or before a request', async () => {
    const value = 'x'.repeat(25_601)
    const expected = badParameter('Secret is beyond the maximum permitted length of 25600 characters.')
    if (traits.checksFirst) {
      await assertRefusedLocally((by) => by.setSecret('refused-long', value), {
        message: /25[ ,]?600/,
        client: counting,
      })
      await assertRefused(run, () => sending({ value }).setSecret('refused-long', 'v'), expected)
    } else {
      await assertRefused(run, () => client.setSecret('refused-long', value), expected)
    }
    await assertRefused(run, () => client.getSecret('refused-long'), notFound('refused-long'))
  })

  await check('a content type of 256 characters, and tags of 513, are refused', async () => {
    const expected = badParameter('Property has invalid value\r\n')
    for (const options of [
      { contentType: 'c'.repeat(256) },
      { tags: { t: 'v'.repeat(513) } },
      { tags: { ['t'.repeat(513)]: 'v' } },
    ]) {
      if (traits.checksFirst) {
        await assertRefusedLocally((by) => by.setSecret('refused-wide', 'v', options), {
          message: /255|512/,
          client: counting,
        })
        await assertRefused(run, () => sending({ value: 'v', ...options }).setSecret('refused-wide', 'v'), expected)
      } else {
        await assertRefused(run, () => client.setSecret('refused-wide', 'v', options), expected)
      }
    }
  })

  await check('a body that is no JSON object, or has no value, is refused', async () => {
    for (const body of [
      '',
      '{}',
      '[]',
      'null',
      '"text"',
      '{"value":',
      '{"value":null}',
      '{"value":7}',
      '{"value":{}}',
    ]) {
      await assertRefused(run, () => sending(body).setSecret('refused-body', 'v'), badParameter(undefined))
    }
    for (const body of [
      { value: 'v', tags: { a: 7 } },
      { value: 'v', tags: { a: null } },
      { value: 'v', tags: ['a'] },
      { value: 'v', contentType: 7 },
      { value: 'v', attributes: { exp: 'tomorrow' } },
      { value: 'v', attributes: { nbf: 1.5 } },
      { value: 'v', attributes: { exp: 253402300800 } },
      { value: 'v', attributes: { enabled: 'yes' } },
    ]) {
      await assertRefused(run, () => sending(body).setSecret('refused-body', 'v'), badParameter(undefined))
    }
    await assertRefused(run, () => sending({ value: 'v', attributes: { exp: -1 } }).setSecret('refused-body', 'v'), {
      ...badParameter(/2038/),
    })
    await assertRefused(run, () => client.getSecret('refused-body'), notFound('refused-body'))
  })

  await check('unknown and read-only members of a body, and optional nulls, are ignored', async () => {
    const body = {
      value: 'v',
      id: 'https://elsewhere/secrets/x/y',
      contentType: null,
      tags: null,
      attributes: { enabled: null, nbf: null, exp: null, created: 1, updated: 2, recoveryLevel: 'Purgeable' },
      managed: true,
      unheardOf: [1, 2, 3],
    }
    const { properties } = await sending(body).setSecret('refused-nothing', 'v')
    assert.equal(properties.enabled, true)
    assert.ok(properties.createdOn.getTime() > 2000)
    assert.equal(properties.managed, undefined)
    assert.equal(properties.id, `${run.vault.url}/secrets/refused-nothing/${properties.version}`)
  })

  const atVersion = (text) =>
    changed((request) => {
      const url = new URL(request.url)
      for (const key of [...url.searchParams.keys()]) url.searchParams.delete(key)
      if (text !== undefined) url.searchParams.set('api-version', text)
      request.url = url.href
    })

  await check('an unknown api-version and a missing one are refused, a later one is taken', async () => {
    for (const version of ['5.0', '7.99', '2025', 'latest', '2025-13-45']) {
      await assertRefused(
        run,
        () => atVersion(version).getSecret('set-plain'),
        badParameter(new RegExp(`^The specified version \\(${version.replace('.', '\\.')}\\) is not recognized\\.`)),
      )
    }
    for (const version of [undefined, '']) {
      await assertRefused(
        run,
        () => atVersion(version).getSecret('set-plain'),
        badParameter('api-version must be specified'),
      )
    }
    for (const version of ['7.6-preview.2', '2026-04-01', '2031-01-01', '2031-06-01-preview']) {
      assert.equal((await atVersion(version).getSecret('set-plain')).value, 'a value')
    }
  })

  await check('maxresults that is no positive whole number is refused', async () => {
    for (const text of ['0', '-1', 'abc', '1.5']) {
      const asking = changed((request) => {
        const url = new URL(request.url)
        url.searchParams.set('maxresults', text)
        request.url = url.href
      })
      await assertRefused(run, () => asking.listPropertiesOfSecrets().next(), badParameter(undefined))
    }
  })

  await check('an outContentType that is not known is refused', async () => {
    await assertRefused(
      run,
      () => client.getSecret('set-plain', { outContentType: 'application/x-unheard-of' }),
      badParameter('Property has invalid value\r\n'),
    )
  })

  const onPath = (method, path) =>
    changed((request) => {
      const url = new URL(request.url)
      url.pathname = path
      request.url = url.href
      request.method = method
      request.body = undefined
    })

  await check('a method that a path does not serve is 405, a path that is none is 404', async () => {
    for (const [method, path] of [
      ['POST', '/secrets'],
      ['DELETE', '/secrets'],
      ['PUT', '/secrets/'],
    ]) {
      await assertRefused(run, () => onPath(method, path).getSecret('set-plain'), {
        status: 405,
        code: 'MethodNotAllowed',
        message: `HTTP ${method} not allowed`,
      })
    }
    for (const path of ['/', '/nothing', '/secrets/a/b/c', '/keys', '/certificates/a']) {
      await assertRefused(run, () => onPath('GET', path).getSecret('set-plain'), {
        status: 404,
        code: 'NotFound',
        message: undefined,
      })
    }
  })

  await check('a get without the trailing slash answers too', async () => {
    assert.equal((await onPath('GET', '/secrets/set-plain').getSecret('set-plain')).value, 'a value')
  })

  await check('a credential with the wrong secret gets no token, and the error shows none', async () => {
    const wrong = 'a-secret-that-is-wrong'
    const error = await rejectionOf(() => clientOf(run, {}, credentialOf(run, wrong)).getSecret('set-plain'))
    assert.match(`${error.name} ${error.message}`, /invalid_client|AADSTS7000215|401|secret|credential/i)
    assert.ok(!`${error.message}${error.stack}`.includes(wrong))
  })

  await check('a token that the vault refuses is replaced in the same call', async () => {
    let asked = 0
    const stale = {
      async getToken(scopes, options) {
        if (options?.claims) return await credential.getToken(scopes, options)
        asked++
        const claims = { aud: 'https://vault.azure.net', iss: 'https://elsewhere.example', exp: 9_999_999_999 }
        const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
        return {
          token: `${part({ alg: 'RS256', typ: 'JWT', kid: 'old' })}.${part(claims)}.c2lnbmF0dXJl`,
          expiresOnTimestamp: Date.now() + 3_600_000,
        }
      },
    }
    const { value } = await clientOf(run, {}, stale).getSecret('set-plain')
    assert.equal(value, 'a value')
    assert.ok(asked > 0)
  })

  await check('a token that stays refused ends in 401 with the reason', async () => {
    const hopeless = {
      getToken: async () => ({ token: 'no.token.at-all', expiresOnTimestamp: Date.now() + 3_600_000 }),
    }
    const error = await rejectionOf(() => clientOf(run, {}, hopeless).getSecret('set-plain'))
    assert.equal(error.statusCode, 401, `${error.name}: ${error.message}`)
    assert.equal(error.code, 'Unauthorized')
    assert.ok(!`${error.message}`.includes('no.token.at-all'))
    if (traits.hasErrorClasses) assert.ok(error instanceof run.secrets.ClientAuthenticationError)
  })

  await check('the credential is asked for the scope of the challenge, in its tenant', async () => {
    const asked = []
    const spy = {
      async getToken(scopes, options) {
        asked.push({ scopes: [scopes].flat(), options })
        return await credential.getToken(scopes, options)
      },
    }
    await clientOf(run, {}, spy).getSecret('set-plain')
    const { host } = new URL(run.vault.url)
    assert.ok(asked.length > 0)
    for (const { scopes, options } of asked) {
      assert.deepEqual(scopes, [`https://${host.slice(host.indexOf('.') + 1)}/.default`])
      assert.equal(options.tenantId, run.vault.tenantId)
      assert.equal(options.enableCae, true)
    }
  })

  function counting(count) {
    return clientThat(run, count, {}, credential)
  }
}
