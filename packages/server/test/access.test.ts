import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startVault, type TestVault } from '../src/start-vault.js'
import { type Answer, type Call, expectError, freshName, vaultCaller } from './wire.js'

let vault: TestVault
let administrator: Call

beforeAll(async () => {
  vault = await startVault()
  administrator = vaultCaller(vault)
})
afterAll(() => vault.close())

/** An application with a role, or with none. */
async function applicationWith(role?: string) {
  const application = await vault.server.addApplication(`with ${role ?? 'no role'}`)
  const assignment = role && (await vault.server.assignRole({ principalId: application.objectId, role, vault: 'dev' }))
  return {
    application,
    assignment: assignment as { id: string },
    call: vaultCaller(vault, { credentials: application }),
  }
}

type Operation = (call: Call, ready: { active: string; deleted: string; blob: string }) => Promise<Answer>
/** Each operation with the data action it needs, and the resource it is asked of. */
const operations: Record<string, { action: string; status: number; ask: Operation }> = {
  set: { action: 'setSecret/action', status: 200, ask: (call) => call('PUT', `/secrets/${freshName('set')}`, { value: 'v' }) },
  get: { action: 'getSecret/action', status: 200, ask: (call, { active }) => call('GET', `/secrets/${active}/`) },
  update: { action: 'update/action', status: 200, ask: (call, { active }) => call('PATCH', `/secrets/${active}/`, {}) },
  list: { action: 'readMetadata/action', status: 200, ask: (call) => call('GET', '/secrets') },
  versions: { action: 'readMetadata/action', status: 200, ask: (call, { active }) => call('GET', `/secrets/${active}/versions`) },
  'list deleted': { action: 'readMetadata/action', status: 200, ask: (call) => call('GET', '/deletedsecrets') },
  'get deleted': { action: 'readMetadata/action', status: 200, ask: (call, { deleted }) => call('GET', `/deletedsecrets/${deleted}`) },
  backup: { action: 'backup/action', status: 200, ask: (call, { active }) => call('POST', `/secrets/${active}/backup`) },
  restore: { action: 'restore/action', status: 200, ask: (call, { blob }) => call('POST', '/secrets/restore', { value: blob }) },
  delete: { action: 'delete', status: 200, ask: (call, { active }) => call('DELETE', `/secrets/${active}`) },
  recover: { action: 'recover/action', status: 200, ask: (call, { deleted }) => call('POST', `/deletedsecrets/${deleted}/recover`) },
  purge: { action: 'purge/action', status: 204, ask: (call, { deleted }) => call('DELETE', `/deletedsecrets/${deleted}`) },
} // biome-ignore format: a table
const all = Object.keys(operations)
const reading = ['list', 'versions', 'list deleted', 'get deleted']

/** An active secret, a deleted one, and the backup of one that is gone. */
async function prepare() {
  const [active, deleted, gone] = [freshName('active'), freshName('deleted'), freshName('gone')]
  for (const name of [active, deleted, gone]) await administrator('PUT', `/secrets/${name}`, { value: 'v' })
  const blob = (await administrator('POST', `/secrets/${gone}/backup`)).bundle.value as string
  for (const name of [deleted, gone]) await administrator('DELETE', `/secrets/${name}`)
  await administrator('DELETE', `/deletedsecrets/${gone}`)
  return { active, deleted, blob }
}

describe.each<[string | undefined, readonly string[]]>([
  ['Key Vault Administrator', all],
  ['Key Vault Secrets Officer', all],
  ['Key Vault Secrets User', ['get', ...reading]],
  ['Key Vault Reader', reading],
  [undefined, []],
])('an application with the role %s', (role, allowed) => {
  let call: Call
  beforeAll(async () => {
    call = (await applicationWith(role)).call
  })
  it.each(all)('asks for: %s', async (name) => {
    const { ask, status } = operations[name] as (typeof operations)[string]
    const answer = await ask(call, await prepare())
    if (allowed.includes(name)) return expect(answer.status).toBe(status)
    expect(answer.status).toBe(403)
    expect(answer.error).toMatchObject({ code: 'Forbidden', innererror: { code: 'ForbiddenByRbac' } })
  })
})

describe('a role', () => {
  it.each([
    ['00482a5a-887f-4fb3-b363-3b7fe8e74483', true],
    ['b86a8fe4-44ce-4948-aee5-eccb2c155cd7', true],
    ['4633458b-17de-408a-b874-0445c86b69e6', true],
    ['21090545-7ca7-4776-b22c-e363652d74d2', false],
    ['key vault secrets user', true],
  ])('is named by its id, or by its name in any case: %s', async (role, mayGet) => {
    const { call } = await applicationWith(role)
    await administrator('PUT', '/secrets/named', { value: 'v' })
    expect((await call('GET', '/secrets/named')).status).toBe(mayGet ? 200 : 403)
    expect((await call('GET', '/secrets')).status).toBe(200)
  })
  it.each([
    'Key Vault Purge Operator',
    'a68e7c17-0ab2-4c09-9a58-125dae29748c',
    'Key Vault Contributor',
    'Key Vault Crypto Officer',
    'Key Vault Certificates Officer',
    'Owner',
  ])('that gives nothing on secrets cannot be given: %s (trap 15)', async (role) => {
    const { application, call } = await applicationWith()
    const { deleted } = await prepare()
    await expect(vault.server.assignRole({ principalId: application.objectId, role, vault: 'dev' })).rejects.toThrow(
      `there is no role "${role}"`,
    )
    expect((await call('DELETE', `/deletedsecrets/${deleted}`)).status).toBe(403)
    expect((await administrator('GET', `/deletedsecrets/${deleted}`)).status).toBe(200)
  })
  it('holds in its vault alone', async () => {
    await vault.server.createVault({ name: 'other' })
    const { application } = await applicationWith('Key Vault Administrator')
    const elsewhere = vaultCaller(vault, { vault: 'other', credentials: application })
    expect((await elsewhere('GET', '/secrets')).status).toBe(403)
    expect((await elsewhere('PUT', '/secrets/a', { value: 'v' })).status).toBe(403)
  })
  it('given and taken away holds and ends at once, with the same token', async () => {
    const { application, call } = await applicationWith()
    expect((await call('GET', '/secrets')).status).toBe(403)
    const { id } = await vault.server.assignRole({
      principalId: application.objectId,
      role: 'Key Vault Reader',
      vault: 'dev',
    })
    expect((await call('GET', '/secrets')).status).toBe(200)
    expect((await call('PUT', '/secrets/a', { value: 'v' })).status).toBe(403)
    const officer = await vault.server.assignRole({
      principalId: application.objectId,
      role: 'Key Vault Secrets Officer',
      vault: 'dev',
    })
    expect((await call('PUT', '/secrets/a', { value: 'v' })).status).toBe(200)
    await vault.server.removeAssignment(officer.id, 'dev')
    expect((await call('PUT', '/secrets/a', { value: 'v' })).status).toBe(403)
    expect((await call('GET', '/secrets')).status).toBe(200)
    await vault.server.removeAssignment(id, 'dev')
    expect((await call('GET', '/secrets')).status).toBe(403)
  })
})

describe('a refusal', () => {
  it.each(all)('says who may not do what, and where: %s', async (name) => {
    const { application, call } = await applicationWith()
    const ready = await prepare()
    const { action, ask } = operations[name] as (typeof operations)[string]
    const answer = await ask(call, ready)
    const secret = /secrets\/([\w-]+)'/.exec(answer.error.message)?.[1]
    const expected = {
      get: ready.active,
      update: ready.active,
      versions: ready.active,
      backup: ready.active,
      delete: ready.active,
      'get deleted': ready.deleted,
      recover: ready.deleted,
      purge: ready.deleted,
      set: secret,
    }[name]
    if (name === 'set') expect(secret).toMatch(/^set-\d+$/)
    const resource = `/subscriptions/00000000-0000-0000-0000-000000000000/resourcegroups/strongroom/providers/microsoft.keyvault/vaults/dev${expected === undefined ? '' : `/secrets/${expected}`}`
    const issuer = `${vault.authorityUrl}/${vault.tenantId}/v2.0`
    const message = `Caller is not authorized to perform action on resource.\r\nIf role assignments, deny assignments or role definitions were changed recently, please observe propagation time.\r\nCaller: appid=${application.clientId};oid=${application.objectId};iss=${issuer}\r\nAction: 'Microsoft.KeyVault/vaults/secrets/${action}'\r\nResource: '${resource}'\r\nAssignment: (not found)\r\nDenyAssignmentId: null\r\nDecisionReason: null \r\nVault: dev;location=local\r\n`
    expectError(answer, 403, 'Forbidden', message, 'ForbiddenByRbac')
  })
  it('changes nothing, and is the same whether the secret exists or not', async () => {
    const { call } = await applicationWith()
    const { active } = await prepare()
    const before = (await administrator('GET', `/secrets/${active}`)).text
    const of = async (name: string) => (await call('GET', `/secrets/${name}`)).text.replaceAll(name, 'NAME')
    expect(await of(active)).toBe(await of('unknown'))
    await call('PUT', `/secrets/${active}`, { value: 'w' })
    await call('PATCH', `/secrets/${active}/`, { attributes: { enabled: false } })
    await call('DELETE', `/secrets/${active}`)
    expect((await administrator('GET', `/secrets/${active}`)).text).toBe(before)
  })
})

describe('an application that is removed', () => {
  it('finds its token refused at once, and gets no other', async () => {
    const { application, call } = await applicationWith('Key Vault Administrator')
    expect((await call('GET', '/secrets')).status).toBe(200)
    await vault.server.removeApplication(application.clientId)
    const answer = await call('GET', '/secrets')
    expectError(answer, 401, 'Unauthorized', 'Error validating token: principal')
    expect(answer.headers['www-authenticate']).toContain('error="insufficient_claims"')
    await expect(vaultCaller(vault, { credentials: application })('GET', '/secrets')).rejects.toThrow('no token: 401')
    expect((await administrator('GET', '/secrets')).status).toBe(200)
  })
})
