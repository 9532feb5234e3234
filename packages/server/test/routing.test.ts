import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startVault, type TestVault } from '../src/start-vault.js'
import { type Call, contentsOf, expectError, freshName, vaultCaller } from './wire.js'

let vault: TestVault
let call: Call
let version: string
let bundle: string

beforeAll(async () => {
  vault = await startVault()
  call = vaultCaller(vault)
  const set = await call('PUT', '/secrets/Routed', { value: 'v' })
  version = set.version
  bundle = set.text
})
afterAll(() => vault.close())

describe('the query', () => {
  it.each(['api-version', 'api%2Dversion', 'api%2dversion', '%61pi-version'])(
    'names the api-version as %s (trap 2)',
    async (key) => {
      expect((await call('GET', `/secrets/Routed/?${key}=2026-04-01`)).text).toBe(bundle)
      expect((await call('GET', `/secrets/Routed/?${key}=1.0`)).error.message).toContain('The specified version (1.0)')
    },
  )
  it.each([
    '2016-10-01',
    '7.0',
    '7.1',
    '7.2',
    '7.3',
    '7.4',
    '7.5',
    '7.6',
    '2025-07-01',
    '2026-04-01',
    '7.4-preview.1',
    '7.5-preview.1',
    '7.6-preview.2',
    '2025-06-01-preview',
    '2026-01-01-preview',
    '2026-03-01-preview',
    '2027-02-28',
    '2099-12-31-preview',
  ])('may ask for api-version %s', async (apiVersion) => {
    expect((await call('GET', `/secrets/Routed?api-version=${apiVersion}`)).bundle.value).toBe('v')
  })
  it.each([
    '1.0',
    '7',
    '7.7',
    '8.0',
    '2015-06-01',
    '2020-01-01',
    '2016-10-02',
    '2026-13-01',
    '2026-02-30',
    'latest',
    '7.4 ',
    '7.4-beta',
    '2026-04-01-beta',
    '7.4<script>',
  ])('may not ask for api-version %s', async (apiVersion) => {
    const answer = await call('GET', `/secrets/Routed?api-version=${encodeURIComponent(apiVersion)}`)
    const message = `The specified version (${apiVersion}) is not recognized. Consider using the latest supported version (2026-04-01).`
    expectError(answer, 400, 'BadParameter', message)
  })
  it('must ask for one (U4)', async () => {
    for (const path of [
      '/secrets/Routed?api-version=',
      '/secrets?api-version',
      '/nothing?api-version=',
      '/secrets/Routed?x=api-version',
    ]) {
      expectError(await call('GET', path), 400, 'BadParameter', 'api-version must be specified')
    }
  })
  it('may have keys that nobody knows', async () => {
    expect((await call('GET', '/secrets/Routed?unknown=1&api-version=7.4&&%zz')).text).toBe(bundle)
  })
})

describe('the path', () => {
  it('may have a slash at its end (trap 3)', async () => {
    for (const path of [`/secrets/Routed/${version}`, '/secrets/Routed']) {
      expect((await call('GET', `${path}/`)).text).toBe(bundle)
      expect((await call('PATCH', `${path}/`, {})).status).toBe(200)
      bundle = (await call('GET', path)).text
    }
    expect((await call('GET', '/secrets/')).list.value).toHaveLength(1)
    expect((await call('GET', '/secrets/Routed/versions/')).list.value).toHaveLength(1)
    expect((await call('GET', '/deletedsecrets/')).list.value).toHaveLength(0)
    const name = freshName()
    expect((await call('PUT', `/secrets/${name}/`, { value: 'v' })).status).toBe(200)
    expect((await call('POST', `/secrets/${name}/backup/`)).status).toBe(200)
    expect((await call('DELETE', `/secrets/${name}/`)).status).toBe(200)
    expect((await call('GET', `/deletedsecrets/${name}/`)).status).toBe(200)
    expect((await call('POST', `/deletedsecrets/${name}/recover/`)).status).toBe(200)
    await call('DELETE', `/secrets/${name}`)
    expect((await call('DELETE', `/deletedsecrets/${name}/`)).status).toBe(204)
  })
  it('may have a slash doubled before a segment (U24)', async () => {
    for (const path of ['//secrets/Routed', '/secrets//Routed', `//secrets//Routed//${version}`]) {
      expect((await call('GET', path)).text).toBe(bundle)
    }
  })
  it('may have the collection in any case, and the name in any case', async () => {
    for (const path of ['/Secrets/Routed', '/SECRETS/ROUTED/', '/secrets/routed']) {
      expect((await call('GET', path)).text).toBe(bundle)
    }
    expect((await call('GET', '/DeletedSecrets')).status).toBe(200)
  })
  it('may have the name percent-encoded', async () => {
    expect((await call('GET', '/secrets/%52outed/')).text).toBe(bundle)
    expect((await call('GET', '/secrets/Ro%75ted')).text).toBe(bundle)
  })
  it('may name a secret as the actions are named', async () => {
    for (const name of ['restore', 'versions', 'backup', 'recover', 'Restore']) {
      expect((await call('PUT', `/secrets/${name}`, { value: name })).bundle.value).toBe(name)
    }
    expect((await call('GET', '/secrets/restore')).bundle.value).toBe('Restore')
    expect((await call('GET', '/secrets/versions/versions')).list.value).toHaveLength(1)
    expect((await call('POST', '/secrets/backup/backup')).status).toBe(200)
  })
  it('takes a name of 127 characters', async () => {
    const name = 'x'.repeat(127)
    const set = await call('PUT', `/secrets/${name}`, { value: 'v' })
    expect((await call('GET', `/secrets/${name}/${set.version}`)).text).toBe(set.text)
    expect((await call('DELETE', `/secrets/${name}`)).status).toBe(200)
    expect((await call('POST', `/deletedsecrets/${name}/recover`)).status).toBe(200)
  })
})

describe('what is no operation', () => {
  it.each([
    ['GET', '/'],
    ['GET', '/keys'],
    ['PUT', '/keys/a'],
    ['GET', '/certificates'],
    ['GET', '/secretsx'],
    ['GET', '/secrets/Routed/00000000000000000000000000000000/x'],
    ['GET', '/secrets/Routed/versions/x'],
    ['POST', '/deletedsecrets/Routed/restore'],
    ['GET', '/vaults/dev/secrets/Routed'],
    ['GET', '/healthz'],
  ])('is answered 404 NotFound: %s %s (U24)', async (method, path) => {
    const message = `No operation of the secrets API answers ${method} on this path.`
    expectError(await call(method, path), 404, 'NotFound', message)
  })

  it.each([
    ['PUT', '/secrets/'],
    ['PATCH', '/secrets/'],
    ['DELETE', '/secrets/'],
    ['POST', '/secrets'],
    ['PUT', '/secrets'],
    ['POST', '/secrets/Routed'],
    ['PUT', '/secrets/Routed/00000000000000000000000000000000'],
    ['DELETE', '/secrets/Routed/00000000000000000000000000000000'],
    ['GET', '/secrets/Routed/backup'],
    ['POST', '/secrets/Routed/versions'],
    ['PATCH', '/secrets/Routed/versions'],
    ['PUT', '/deletedsecrets/Routed'],
    ['PATCH', '/deletedsecrets/Routed'],
    ['POST', '/deletedsecrets/Routed'],
    ['GET', '/deletedsecrets/Routed/recover'],
    ['DELETE', '/deletedsecrets/'],
    ['OPTIONS', '/secrets/Routed'],
    ['PROPFIND', '/secrets'],
    ['PURGE', '/deletedsecrets/Routed'],
  ])('by its method alone is answered 405: %s %s (U24)', async (method, path) => {
    const before = await contentsOf(call)
    const answer = await call(method, path, method === 'GET' ? undefined : { value: 'v' })
    expectError(answer, 405, 'MethodNotAllowed', `HTTP ${method} not allowed`)
    expect(await contentsOf(call)).toBe(before)
  })

  it('has a status but no body for HEAD', async () => {
    const answer = await call('HEAD', '/secrets/Routed')
    expect([answer.status, answer.text]).toEqual([405, ''])
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8')
  })

  it('is a GET of an empty name (U24)', async () => {
    for (const path of ['/secrets//', '/deletedsecrets//']) {
      expectError(await call('GET', path), 400, 'BadParameter', 'The request URI contains an invalid name: ')
    }
  })
})
