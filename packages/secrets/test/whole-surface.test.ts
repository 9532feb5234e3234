import { inspect } from 'node:util'
import { startVault, type TestVault } from '@strongroom/server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  ClientSecretCredential,
  ForbiddenError,
  InvalidRequestError,
  isRestError,
  KnownDeletionRecoveryLevel,
  ResourceExistsError,
  ResourceNotFoundError,
  type RestError,
  SecretClient,
  SecretDeletedError,
  SecretDisabledError,
  type SecretProperties,
} from '../src/index.js'

/** Every method and model, against a real vault over TLS. */
describe('a SecretClient on a Strongroom vault', () => {
  let vault: TestVault
  let client: SecretClient
  let names = 0
  const newName = () => `secret-${++names}`

  beforeAll(async () => {
    vault = await startVault()
    client = connect()
  })

  afterAll(async () => {
    await client.close()
    await vault.close()
  })

  function connect(): SecretClient {
    const credential = new ClientSecretCredential(vault.tenantId, vault.clientId, vault.clientSecret, {
      authorityHost: vault.authorityUrl,
      caCertificate: vault.caCertificate,
    })
    return new SecretClient(vault.url, credential, { caCertificate: vault.caCertificate })
  }

  async function deleted(name: string): Promise<void> {
    await client.setSecret(name, 'value')
    await client.deleteSecretAndWait(name)
  }

  it('sets a secret and gets it back', async () => {
    const name = newName()
    const set = await client.setSecret(name, 'correct horse')
    expect(set.outcome).toBe('created')
    const got = await client.getSecret(name)
    expect(got.value).toBe('correct horse')
    expect(got.name).toBe(name)
    expect(got.id).toBe(`${vault.url}/secrets/${name}/${set.properties.version}`)
    expect(got.properties).toMatchObject({ name, vaultUrl: vault.url, enabled: true })
    expect(got.properties.version).toMatch(/^[0-9a-f]{32}$/)
    expect(got.properties.createdOn).toBeInstanceOf(Date)
    expect(got.properties.recoveryLevel).toBe(KnownDeletionRecoveryLevel.RecoverablePurgeable)
    expect(got.properties).toEqual(set.properties)
  })

  it('keeps values of every script, the empty one and the longest', async () => {
    const name = newName()
    for (const value of ['', '\u0000\n"\\', 'žluťoučký 😀 日本', 'x'.repeat(25_600)]) {
      await client.setSecret(name, value)
      expect((await client.getSecret(name)).value).toBe(value)
    }
  })

  it('sets all properties, dates beyond 2038 included', async () => {
    const options = {
      contentType: 'text/plain',
      enabled: true,
      tags: { env: 'test', 'owner.name': 'Zoë' },
      notBefore: new Date(0),
      expiresOn: new Date('9999-12-31T23:59:59Z'),
    }
    const { properties } = await client.setSecret(newName(), 'value', options)
    expect(properties).toMatchObject(options)
  })

  it('gets any version, and the latest for an empty one', async () => {
    const name = newName()
    const first = await client.setSecret(name, 'one')
    const second = await client.setSecret(name, 'two')
    expect((await client.getSecret(name, { version: first.properties.version })).value).toBe('one')
    expect((await client.getSecret(name, { version: '' })).properties.version).toBe(second.properties.version)
  })

  it('updates a version, keeps what is left out and clears what is null', async () => {
    const name = newName()
    const expiresOn = new Date('2040-01-01T00:00:00Z')
    const { properties } = await client.setSecret(name, 'value', { contentType: 'a', tags: { a: '1' }, expiresOn })
    const updated = await client.updateSecretProperties(name, properties.version as string, { tags: { b: '2' } })
    expect(updated).toMatchObject({ contentType: 'a', tags: { b: '2' }, expiresOn })
    const cleared = await client.updateSecretProperties(name, { contentType: null, tags: null, expiresOn: null })
    expect(cleared).not.toHaveProperty('contentType')
    expect(cleared).not.toHaveProperty('tags')
    expect(cleared).not.toHaveProperty('expiresOn')
    expect((await client.getSecret(name)).value).toBe('value')
  })

  it('updates the latest version, whether the version is left out or empty', async () => {
    const name = newName()
    await client.setSecret(name, 'one')
    const { properties } = await client.setSecret(name, 'two')
    expect((await client.updateSecretProperties(name, { contentType: 'a' })).version).toBe(properties.version)
    expect((await client.updateSecretProperties(name, '', { contentType: 'b' })).version).toBe(properties.version)
  })

  it('says that a disabled secret is disabled', async () => {
    const name = newName()
    await client.setSecret(name, 'value', { enabled: false })
    const error = await failure(client.getSecret(name))
    expect(error).toBeInstanceOf(SecretDisabledError)
    expect(error).toMatchObject({ statusCode: 403, code: 'Forbidden', innerCode: 'SecretDisabled' })
    expect(error.hint).toContain('enabled: true')
  })

  it('says which secret is missing, and where to look in the logs', async () => {
    const error = await failure(client.getSecret('no-such-secret'))
    expect(error).toBeInstanceOf(ResourceNotFoundError)
    expect(isRestError(error)).toBe(true)
    expect(error).toMatchObject({ name: 'RestError', statusCode: 404, code: 'SecretNotFound' })
    expect(error.requestId).toBeTruthy()
    expect(error.clientRequestId).toMatch(/^[0-9a-f-]{36}$/)
    expect(error.message).toContain('no-such-secret')
  })

  describe('lists', () => {
    let lists: TestVault
    let reader: SecretClient

    beforeAll(async () => {
      lists = await startVault({ name: 'lists' })
      const credential = new ClientSecretCredential(lists.tenantId, lists.clientId, lists.clientSecret, {
        authorityHost: lists.authorityUrl,
        caCertificate: lists.caCertificate,
      })
      reader = new SecretClient(lists.url, credential, { caCertificate: lists.caCertificate })
      for (let i = 0; i < 5; i++) await reader.setSecret(`listed-${i}`, 'value', { tags: { i: String(i) } })
      for (let i = 0; i < 3; i++) await reader.setSecret('versioned', String(i))
      await reader.deleteSecretAndWait('listed-4')
    })

    afterAll(async () => {
      await reader.close()
      await lists.close()
    })

    it('gives secrets without values and versions', async () => {
      const all = await Array.fromAsync(reader.listPropertiesOfSecrets())
      expect(all.map(({ name }) => name)).toEqual(['listed-0', 'listed-1', 'listed-2', 'listed-3', 'versioned'])
      expect(all[0]).toMatchObject({ id: `${lists.url}/secrets/listed-0`, tags: { i: '0' }, enabled: true })
      expect(all[0]).not.toHaveProperty('version')
    })

    it('gives versions', async () => {
      const versions = await Array.fromAsync(reader.listPropertiesOfSecretVersions('versioned'))
      expect(new Set(versions.map(({ version }) => version)).size).toBe(3)
      expect(await Array.fromAsync(reader.listPropertiesOfSecretVersions('no-such-secret'))).toEqual([])
    })

    it('gives deleted secrets', async () => {
      const [deleted, ...more] = await Array.fromAsync(reader.listDeletedSecrets())
      expect(more).toEqual([])
      expect(deleted).toMatchObject({ name: 'listed-4', recoveryId: `${lists.url}/deletedsecrets/listed-4` })
      expect(deleted?.properties.deletedOn).toEqual(deleted?.deletedOn)
    })

    it('goes on from a page in another client', async () => {
      const pages = reader.listPropertiesOfSecrets().byPage({ maxPageSize: 2 })
      const { value: first } = await pages.next()
      expect(first).toHaveLength(2)
      expect(first.continuationToken).toContain(lists.url)
      const credential = new ClientSecretCredential(lists.tenantId, lists.clientId, lists.clientSecret, {
        authorityHost: lists.authorityUrl,
        caCertificate: lists.caCertificate,
      })
      await using other = new SecretClient(lists.url, credential, { caCertificate: lists.caCertificate })
      const rest: SecretProperties[] = []
      for await (const page of other
        .listPropertiesOfSecrets()
        .byPage({ continuationToken: first.continuationToken as string })) {
        rest.push(...page)
      }
      expect(rest.map(({ name }) => name)).toEqual(['listed-2', 'listed-3', 'versioned'])
    })

    it('takes a page size for the flat iteration too', async () => {
      expect(await Array.fromAsync(reader.listPropertiesOfSecrets({ maxPageSize: 1 }))).toHaveLength(5)
    })
  })

  it('deletes, shows, recovers', async () => {
    const name = newName()
    const { properties } = await client.setSecret(name, 'value', { tags: { a: '1' } })
    const poller = await client.beginDeleteSecret(name)
    expect(poller.getResult()).toBeUndefined()
    const gone = await poller.pollUntilDone()
    expect(poller.isDone()).toBe(true)
    expect(gone).toMatchObject({ name, recoveryId: `${vault.url}/deletedsecrets/${name}` })
    expect(gone.deletedOn).toBeInstanceOf(Date)
    expect(await client.getDeletedSecret(name)).toEqual(gone)
    expect(await failure(client.getSecret(name))).toBeInstanceOf(ResourceNotFoundError)

    const error = await failure(client.setSecret(name, 'new value'))
    expect(error).toBeInstanceOf(SecretDeletedError)
    expect(error.innerCode).toBe('ObjectIsDeletedButRecoverable')

    const recovery = await client.beginRecoverDeletedSecret(name)
    expect((await recovery.pollUntilDone()).version).toBe(properties.version)
    expect((await client.setSecret(name, 'new value')).value).toBe('new value')
  })

  it('resumes a poller elsewhere from its text', async () => {
    const name = newName()
    await client.setSecret(name, 'value')
    const text = (await client.beginDeleteSecret(name)).toString()
    await using other = connect()
    const poller = await other.beginDeleteSecret(name, { resumeFrom: text })
    expect((await poller.pollUntilDone()).deletedOn).toBeInstanceOf(Date)
  })

  it('takes a recovery of a live secret for done', async () => {
    const name = newName()
    await deleted(name)
    await client.recoverDeletedSecretAndWait(name)
    const poller = await client.beginRecoverDeletedSecret(name)
    expect(poller.isDone()).toBe(true)
    expect(poller.getResult()?.name).toBe(name)
  })

  it('purges and frees the name', async () => {
    const name = newName()
    await deleted(name)
    await client.purgeDeletedSecretAndWait(name)
    expect(await failure(client.getDeletedSecret(name))).toBeInstanceOf(ResourceNotFoundError)
    expect((await client.setSecret(name, 'again')).value).toBe('again')
  })

  it('backs up and restores all versions', async () => {
    const name = newName()
    await client.setSecret(name, 'one')
    const { properties } = await client.setSecret(name, 'two')
    const backup = (await client.backupSecret(name)) as Uint8Array
    expect(backup).toBeInstanceOf(Uint8Array)
    expect(await failure(client.restoreSecretBackup(backup))).toBeInstanceOf(ResourceExistsError)
    await client.deleteSecretAndWait(name)
    await client.purgeDeletedSecretAndWait(name)
    expect((await client.restoreSecretBackup(backup)).version).toBe(properties.version)
    expect((await client.getSecret(name)).value).toBe('two')
    expect(await Array.fromAsync(client.listPropertiesOfSecretVersions(name))).toHaveLength(2)
    expect(await failure(client.restoreSecretBackup(new Uint8Array([1, 2, 3])))).toBeInstanceOf(InvalidRequestError)
  })

  it('sends requests of the caller’s own, and refuses foreign ones', async () => {
    const name = newName()
    const put = await client.sendRequest({ url: `/secrets/${name}`, method: 'PUT', body: { value: 'sent' } })
    expect(put.status).toBe(200)
    expect(put.parsedBody).toMatchObject({ value: 'sent' })
    expect(inspect(put)).not.toContain('"sent"')
    expect((await client.sendRequest({ url: `secrets/${name}-missing/` })).status).toBe(404)
    const older = await client.sendRequest({ url: `${vault.url}/secrets/${name}/?api-version=7.0` })
    expect(older.parsedBody).not.toHaveProperty('attributes.recoverableDays')
    expect((await failure(client.sendRequest({ url: 'https://vault.azure.net/secrets' }))).code).toBe('BadOrigin')
  })

  it('shows its last answer to onResponse, its requests to hooks, the token to neither', async () => {
    const name = newName()
    const seen: unknown[] = []
    const id = crypto.randomUUID()
    await client.setSecret(name, 'hidden value', {
      clientRequestId: id,
      onResponse: (answer) => seen.push(answer),
      hooks: { onRequest: (request) => void seen.push(request), onResponse: (answer) => void seen.push(answer) },
    })
    expect(seen).toHaveLength(3)
    expect(seen[0]).toMatchObject({ method: 'PUT', requestId: id, attempt: 1 })
    const printed = inspect(seen, { depth: 9, showHidden: false })
    expect(printed).not.toContain('hidden value')
    expect(printed).not.toContain('Bearer')
  })

  it('says what a caller without a role may not do, and which role it takes', async () => {
    const { clientId, clientSecret } = await vault.server.addApplication('nobody')
    const credential = new ClientSecretCredential(vault.tenantId, clientId, clientSecret, {
      authorityHost: vault.authorityUrl,
      caCertificate: vault.caCertificate,
    })
    await using nobody = new SecretClient(vault.url, credential, { caCertificate: vault.caCertificate })
    const error = await failure(nobody.getSecret('anything'))
    expect(error).toBeInstanceOf(ForbiddenError)
    expect(error.innerCode).toBe('ForbiddenByRbac')
    expect(error.hint).toContain('Key Vault Secrets User')
  })

  it('refuses calls once it is closed', async () => {
    const other = connect()
    await other.close()
    await expect(other.getSecret('any')).rejects.toMatchObject({ name: 'AbortError' })
  })
})

async function failure(work: Promise<unknown>): Promise<RestError> {
  return work.then(
    () => expect.fail('nothing failed'),
    (error: RestError) => error,
  )
}
