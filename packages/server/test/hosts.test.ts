import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startVault, type TestVault } from '../src/start-vault.js'
import { type Call, dialogue, expectError, resourceOf, send, tokenFor, vaultCaller } from './wire.js'

let vault: TestVault
let call: Call

beforeAll(async () => {
  vault = await startVault()
  call = vaultCaller(vault)
})
afterAll(() => vault.close())

const ask = (host: string, headers: Record<string, string> = {}, path = '/secrets?api-version=7.4') =>
  send(vault, { method: 'GET', path, host, headers })

describe('a host that is none of ours', () => {
  it.each([
    'dev.vault.example',
    'vault.localhost',
    'dev.vault.localhost.example',
    'a.dev.vault.localhost',
    'devvault.localhost',
    '1a.vault.localhost',
    '192.0.2.1',
    'dev.vault.azure.net',
  ])('gets 404 and no challenge, with a token or without: %s (U10)', async (host) => {
    for (const headers of [{}, { Authorization: `Bearer ${await tokenFor(vault)}` }]) {
      const answer = await ask(host, headers as Record<string, string>)
      const message = `There is no vault at the host "${host}": vaults are at NAME.vault.localhost.`
      expectError(answer, 404, 'VaultNotFound', message)
      expect(answer.headers).not.toHaveProperty('www-authenticate')
    }
  })
  it('is not repeated if it is no host name', async () => {
    const answer = await ask('"><script>')
    const message = 'There is no vault at the host with this name: vaults are at NAME.vault.localhost.'
    expectError(answer, 404, 'VaultNotFound', message)
  })
  it('may be missing altogether', async () => {
    const connection = await dialogue(vault)
    connection.say('GET /secrets?api-version=7.4 HTTP/1.0', '')
    const heard = await connection.hear(/}}$/)
    expect(heard).toMatch(/^HTTP\/1\.1 404 /)
    expect(heard).toContain('"code":"VaultNotFound"')
    connection.close()
  })
})

describe('a vault that does not exist', () => {
  it('gets the challenge first, and 404 only with a token: names cannot be probed (U10)', async () => {
    const host = `nowhere.${new URL(resourceOf(vault)).host}`
    const existing = await ask(new URL(vault.url).host)
    const anonymous = await ask(host)
    expect(anonymous.status).toBe(401)
    expect(anonymous.text).toBe(existing.text)
    expect(anonymous.headers['www-authenticate']).toBe(existing.headers['www-authenticate'])
    const answer = await ask(host, { Authorization: `Bearer ${await tokenFor(vault)}` })
    expectError(answer, 404, 'VaultNotFound', 'There is no vault "nowhere" here.')
  })
  it('is there as soon as it is created', async () => {
    const { objectId, ...application } = await vault.server.addApplication('of the new vault')
    const later = vaultCaller(vault, { vault: 'later', credentials: application })
    expect((await later('GET', '/secrets')).error.code).toBe('VaultNotFound')
    await vault.server.createVault({ name: 'Later' })
    expect((await later('GET', '/secrets')).error.innererror?.code).toBe('ForbiddenByRbac')
    await vault.server.assignRole({ principalId: objectId, role: 'Key Vault Administrator', vault: 'later' })
    expect((await later('GET', '/secrets')).text).toBe('{"value":[],"nextLink":null}')
    expect(vault.server.vaultUrl('later')).toBe(`https://later.${new URL(resourceOf(vault)).host}`)
  })
  it('may not be created twice, nor under a name that is none', async () => {
    await expect(vault.server.createVault({ name: 'dev' })).rejects.toThrow('a vault "dev" exists')
    await expect(vault.server.createVault({ name: 'DEV' })).rejects.toThrow('a vault "dev" exists')
    await expect(vault.server.createVault({ name: 'a--b' })).rejects.toThrow('is no vault name')
  })
})

describe('the ids of an answer', () => {
  it('have the port of the request, and none that is 443 (trap 9)', async () => {
    const set = await call('PUT', '/secrets/ported', { value: 'v' })
    expect(set.bundle.id).toBe(`https://dev.vault.localhost:${vault.port}/secrets/ported/${set.version}`)
    const headers = { Authorization: `Bearer ${await tokenFor(vault)}` }
    const path = '/secrets/ported?api-version=7.4'
    for (const [host, origin] of [
      ['dev.vault.localhost', 'https://dev.vault.localhost'],
      ['dev.vault.localhost:443', 'https://dev.vault.localhost'],
      ['dev.vault.localhost:9443', 'https://dev.vault.localhost:9443'],
      ['DEV.Vault.LOCALHOST:9443', 'https://dev.vault.localhost:9443'],
    ] as const) {
      const answer = await ask(host, headers, path)
      expect(answer.bundle.id).toBe(`${origin}/secrets/ported/${set.version}`)
      const challenge = (await ask(host)).headers['www-authenticate']
      expect(challenge).toContain(`resource="${origin.replace('dev.', '')}"`)
    }
  })
  it('are those of the vault that was called, however alike the secrets are', async () => {
    const { objectId, ...application } = await vault.server.addApplication('of two vaults')
    await vault.server.createVault({ name: 'twin' })
    for (const name of ['dev', 'twin']) {
      await vault.server.assignRole({ principalId: objectId, role: 'Key Vault Administrator', vault: name })
    }
    const twin = vaultCaller(vault, { vault: 'twin', credentials: application })
    await call('PUT', '/secrets/same', { value: 'of dev' })
    const set = await twin('PUT', '/secrets/same', { value: 'of twin' })
    expect(set.bundle.id.startsWith(`https://twin.${new URL(resourceOf(vault)).host}/`)).toBe(true)
    expect((await call('GET', '/secrets/same')).bundle.value).toBe('of dev')
    expect((await call('GET', `/secrets/same/${set.version}`)).status).toBe(404)
    await twin('DELETE', '/secrets/same')
    expect((await call('GET', '/secrets/same')).status).toBe(200)
    expect((await call('GET', '/deletedsecrets/same')).status).toBe(404)
  })
})
