import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import type { Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text as textOf } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import {
  apiFeatures,
  contentTypes,
  type ErrorBody,
  knownApiVersions,
  limits,
  secretNamePattern,
} from '@strongroom/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bodyLimit, headerLimit, restoreLimit } from '../src/http/limits.js'
import { createNodeServer, type Services } from '../src/http/node-server.js'
import { type Operation, routeOf } from '../src/http/route.js'
import { vaultHosts } from '../src/http/vault-host.js'
import { startVault, type TestVault } from '../src/start-vault.js'
import { createAuthority, issueLeaf } from '../src/tls/private-authority.js'
import { version as serverVersion } from '../src/version.js'
import { Answer, type Body, type Call, type CallerOptions, dialogue, send, vaultCaller } from './wire.js'

/*
 * docs/openapi/secrets.json, held to the server: what it describes is answered so, and nothing else is.
 */

const root = fileURLToPath(new URL('../../..', import.meta.url))

interface Ref {
  readonly $ref: string
}
type Schema = Readonly<Record<string, unknown>>
type Schemas = Readonly<Record<string, Schema>>
interface Content {
  readonly 'application/json': Media
}
interface Media {
  readonly schema: Schema
  readonly examples?: Readonly<Record<string, { readonly value: ErrorBody }>>
}
interface Response {
  readonly headers: Readonly<Record<string, Ref>>
  readonly content?: Content
  /** Of an answer that belongs to no operation. */
  readonly 'x-status'?: number
}
interface Parameter {
  readonly name: string
  readonly in: 'query' | 'path' | 'header'
  readonly schema: Schema
}
interface Described {
  readonly operationId: string
  readonly 'x-data-action': string
  readonly parameters: readonly Ref[]
  readonly requestBody?: { readonly content: Content; readonly 'x-max-bytes': number }
  readonly responses: Readonly<Record<string, Response | Ref>>
}
type Method = 'get' | 'put' | 'post' | 'patch' | 'delete'
type PathItem = Readonly<Partial<Record<Method, Described>>> & { readonly parameters: readonly Ref[] }
interface Document {
  readonly info: { readonly version: string; readonly license: { readonly identifier: string } }
  readonly paths: Readonly<Record<string, PathItem>>
  readonly components: {
    readonly parameters: Readonly<Record<string, Parameter>>
    readonly headers: Readonly<Record<string, { readonly required: boolean; readonly schema: Schema }>>
    readonly responses: Readonly<Record<string, Response>>
    readonly schemas: Schemas
  }
}

const document: Document = JSON.parse(readFileSync(join(root, 'docs/openapi/secrets.json'), 'utf8'))
const { parameters, responses, schemas } = document.components
const methods = ['get', 'put', 'post', 'patch', 'delete'] as const

function resolve<T>(from: unknown, value: T | Ref): T {
  if (typeof value !== 'object' || value === null || !('$ref' in value)) return value as T
  let found = from
  for (const step of value.$ref.split('/').slice(1)) found = (found as Record<string, unknown>)[step]
  if (found === undefined) throw new Error(`${value.$ref} leads nowhere`)
  return found as T
}

interface Entry {
  readonly id: string
  readonly method: Method
  readonly path: string
  readonly described: Described
  readonly parameters: readonly Parameter[]
  readonly responses: ReadonlyMap<number, Response>
}
const entries: readonly Entry[] = Object.entries(document.paths).flatMap(([path, item]) =>
  methods.flatMap((method) => {
    const described = item[method]
    if (described === undefined) return []
    const answers = Object.entries(described.responses)
    return {
      id: described.operationId,
      method,
      path,
      described,
      parameters: [...item.parameters, ...described.parameters].map((ref) => resolve<Parameter>(document, ref)),
      responses: new Map(answers.map(([status, response]) => [Number(status), resolve(document, response)])),
    }
  }),
)
const mediaOf = (body: { readonly content?: Content } | undefined): Media | undefined =>
  body?.content?.['application/json']
const propertiesOf = (schema: Schema | undefined) => (schema?.properties ?? {}) as Schemas
const entryOf = (id: string) => entries.find((entry) => entry.id === id) as Entry

// A checker of the keywords that the document uses; any other is an error, so that none goes unchecked.

const annotations = new Set(['description', 'format', 'default', 'examples'])
const typeOf = (value: unknown) =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : Number.isInteger(value) ? 'integer' : typeof value
const membersOf = (value: unknown) => (typeOf(value) === 'object' ? Object.entries(value as object) : [])
const lengthOf = (value: unknown) => (typeof value === 'string' ? [...value].length : undefined)

const keywords: Record<string, (given: never, value: unknown, schema: Schema) => boolean | string[]> = {
  $ref: (_: string, value, schema) => problems(resolve<Schema>(document, schema), value),
  type: (types: string | string[], value) => [types].flat().includes(typeOf(value)),
  const: (wanted: unknown, value) => value === wanted,
  enum: (values: unknown[], value) => values.includes(value),
  minLength: (least: number, value) => (lengthOf(value) ?? least) >= least,
  maxLength: (most: number, value) => (lengthOf(value) ?? most) <= most,
  pattern: (pattern: string, value) => typeof value !== 'string' || new RegExp(pattern, 'u').test(value),
  minimum: (least: number, value) => typeof value !== 'number' || value >= least,
  maximum: (most: number, value) => typeof value !== 'number' || value <= most,
  required: (names: string[], value) =>
    typeOf(value) !== 'object' || names.every((name) => Object.hasOwn(value as object, name)),
  minProperties: (least: number, value) => typeOf(value) !== 'object' || membersOf(value).length >= least,
  maxProperties: (most: number, value) => membersOf(value).length <= most,
  propertyNames: (names: Schema, value) => membersOf(value).flatMap(([name]) => problems(names, name)),
  properties: (properties: Schemas, value) =>
    membersOf(value).flatMap(([name, member]) => within(name, problems(properties[name] ?? {}, member))),
  additionalProperties: (others: Schema | false, value, { properties = {} }) =>
    membersOf(value)
      .filter(([name]) => !Object.hasOwn(properties as object, name))
      .flatMap(([name, member]) => within(name, others === false ? ['is unknown'] : problems(others, member))),
  maxItems: (most: number, value) => !Array.isArray(value) || value.length <= most,
  items: (items: Schema, value) => (Array.isArray(value) ? value.flatMap((item) => problems(items, item)) : []),
}
const within = (name: string, found: string[]) => found.map((problem) => `${name}: ${problem}`)

/** What is wrong with a value by a schema. Shows no values. */
function problems(schema: Schema, value: unknown): string[] {
  return Object.entries(schema).flatMap(([keyword, given]) => {
    if (annotations.has(keyword)) return []
    const found = keywords[keyword]?.(given as never, value, schema)
    if (found === undefined) throw new Error(`the checker does not know "${keyword}"`)
    return found === true ? [] : found === false ? [keyword] : found
  })
}

/** `attributes.nbf`, `value[].id`: the names of all members, a type within itself only once. */
function members(from: unknown, schema: Schema | undefined, at = '', outer: readonly Schema[] = []): string[] {
  if (schema === undefined) return []
  const own = resolve<Schema>(from, schema)
  if (outer.includes(own)) return []
  const inner = [...outer, own]
  return [
    ...Object.entries(propertiesOf(own)).flatMap(([name, member]) => [
      at + name,
      ...members(from, member, `${at}${name}.`, inner),
    ]),
    ...(own.items === undefined ? [] : members(from, own.items as Schema, `${at.slice(0, -1)}[].`, inner)),
  ]
}
/** The same of a body: of the items of a list together, and of tags no more than that there are some. */
function membersIn(value: unknown, at = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => membersIn(item, `${at.slice(0, -1)}[].`))
  if (at === 'tags.' || at === 'value[].tags.') return []
  return membersOf(value).flatMap(([name, member]) => [at + name, ...membersIn(member, `${at}${name}.`)])
}
const sorted = (names: Iterable<string>) => [...new Set(names)].toSorted()

/** An answer as the document has it: status, headers, body; and of an error the codes. */
function expectDescribed(response: Response | undefined, answer: Answer): void {
  if (response === undefined) throw new Error(`${answer.status} is not in the document: ${answer.text}`)
  for (const [name, ref] of Object.entries(response.headers)) {
    const { required, schema } = resolve(document, ref) as unknown as Document['components']['headers'][string]
    const sent = answer.headers[name.toLowerCase()]
    const value = schema.type === 'integer' ? Number(sent) : sent
    expect([name, sent === undefined ? (required ? ['is missing'] : []) : problems(schema, value)]).toEqual([name, []])
  }
  const described = Object.keys(response.headers).map((name) => name.toLowerCase())
  const notable = Object.keys(answer.headers).filter((name) => /^(x-|www-|retry-)/.test(name))
  expect(described).toEqual(expect.arrayContaining(notable))
  const media = mediaOf(response)
  if (media === undefined) {
    expect([answer.text, answer.headers['content-type']]).toEqual(['', undefined])
    return
  }
  expect(answer.headers['content-type']).toBe('application/json; charset=utf-8')
  expect(problems(media.schema, answer.json)).toEqual([])
  if (media.examples !== undefined) {
    const known = Object.values(media.examples).map(({ value }) => codesOf(value.error))
    expect(known).toContain(codesOf(answer.error))
  }
}

const codesOf = ({ code, innererror }: ErrorBody['error']) => [code, innererror?.code].join('/')

/** A message without what differs from one answer to another. */
const shapeOf = (message: string) =>
  (message.split('\r\n')[0] as string)
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/, 'ID')
    .replace(/https:\/\/[^/]+\/secrets/, 'HOST/secrets')
    .replace(/\/[0-9a-f]{32}/, '')
    .replace(/"[^"]*"/g, 'NAME')
    .replace(/\d+ bytes/, 'bytes')

// The vaults that are asked.

let vault: TestVault
let call: Call
let stranger: Call
let nowhere: Call
/** Of a vault with purge protection, and of one without soft delete. */
let guarded: Call
let unguarded: Call
/** A server that is not ready, or whose every call ends in a fault. */
let broken: Server
let brokenVault: TestVault
let services: Services | undefined

const name = 'db-password'
/** Parts of the path, and the rest of a call. */
interface Asked {
  readonly name?: string
  readonly version?: string
  readonly query?: string
  readonly body?: Body
  readonly headers?: Record<string, string>
}

const pathOf = ({ path }: Entry, { name: secret = name, version = '0'.repeat(32), query }: Asked = {}) =>
  path.replace('{secret-name}', secret).replace('{secret-version}', version) + (query === undefined ? '' : `?${query}`)

const request = (from: Call, id: string, asked: Asked = {}) => {
  const entry = entryOf(id)
  return from(entry.method.toUpperCase(), pathOf(entry, asked), asked.body, asked.headers)
}

/** Calls an operation, and holds whatever comes to the document. */
async function ask(from: Call, id: string, asked: Asked = {}): Promise<Answer> {
  const answer = await request(from, id, asked)
  expectDescribed(entryOf(id).responses.get(answer.status), answer)
  return answer
}

beforeAll(async () => {
  vault = await startVault()
  call = vaultCaller(vault)
  stranger = vaultCaller(vault, { credentials: await vault.server.addApplication('stranger') })
  nowhere = vaultCaller(vault, { vault: 'nowhere' })
  const credentials = await vault.server.addApplication('of the others')
  const other = async (name: string, settings: { softDelete?: boolean; enablePurgeProtection?: boolean }) => {
    await vault.server.createVault({ name, ...settings })
    await vault.server.assignRole({ principalId: credentials.objectId, role: 'Key Vault Administrator', vault: name })
    const options: CallerOptions = { vault: name, credentials }
    return vaultCaller(vault, options)
  }
  guarded = await other('guarded', { enablePurgeProtection: true })
  unguarded = await other('unguarded', { softDelete: false })

  const suffix = 'vault.localhost'
  const authority = await createAuthority(new Date())
  const leaf = await issueLeaf(authority, { dns: [`*.${suffix}`], ip: [] }, new Date())
  broken = createNodeServer({
    tls: { key: leaf.privateKey, cert: leaf.certificate },
    vaultHost: vaultHosts(suffix),
    suffix,
    region: 'local',
    services: () => services,
    onFault: () => {},
  })
  broken.listen(0, '127.0.0.1')
  await once(broken, 'listening')
  const { port } = broken.address() as AddressInfo
  const url = `https://dev.${suffix}:${port}`
  brokenVault = { url, port, caCertificate: authority.certificate } as TestVault
})
afterAll(async () => {
  broken.close()
  broken.closeAllConnections()
  await vault.close()
})

describe('the document', () => {
  it('is of this version of the server, and free', () => {
    expect(document.info.version).toBe(serverVersion)
    expect(document.info.license.identifier).toBe('MIT')
  })

  it('names the operations that the server finds on its paths', () => {
    const found = entries.map((entry) => {
      const route = routeOf(entry.method.toUpperCase(), pathOf(entry))
      return route.kind === 'operation' ? `${route.operation}${/get|patch/.test(entry.method) && entry.path === '/secrets/{secret-name}' ? 'Latest' : ''}` : route.kind
    }) // biome-ignore format: one line
    expect(found).toEqual(entries.map(({ id }) => id))
    const every: Record<Operation, true> = {
      SecretSet: true,
      SecretGet: true,
      SecretUpdate: true,
      SecretDelete: true,
      SecretList: true,
      SecretListVersions: true,
      SecretBackup: true,
      SecretRestore: true,
      SecretListDeleted: true,
      SecretGetDeleted: true,
      SecretRecover: true,
      SecretPurge: true,
    }
    expect(new Set(found)).toEqual(new Set([...Object.keys(every), 'SecretGetLatest', 'SecretUpdateLatest']))
  })

  it('has every path and method that the server takes', () => {
    const words = [
      'secrets',
      'deletedsecrets',
      'keys',
      name,
      'restore',
      'versions',
      'backup',
      'recover',
      '0'.repeat(32),
    ]
    const paths = words.flatMap((one) => [
      `/${one}`,
      ...words.flatMap((two) => [`/${one}/${two}`, ...words.map((three) => `/${one}/${two}/${three}`)]),
    ])
    const templates = entries.map(({ method, path }) => ({
      method,
      pattern: new RegExp(`^${path.replace('{secret-name}', '[^/]+').replace('{secret-version}', '[^/]+')}$`),
    }))
    let taken = 0
    for (const path of paths.flatMap((path) => [path, `${path}/`, `${path}/${name}`])) {
      for (const method of [...methods, 'head', 'options', 'trace'] as const) {
        if (routeOf(method.toUpperCase(), path).kind !== 'operation') continue
        taken++
        const plain = path.replace(/\/$/, '')
        const hit = templates.some((template) => template.method === method && template.pattern.test(plain))
        expect([method, path, hit]).toEqual([method, path, true])
      }
    }
    expect(taken).toBeGreaterThan(100)
  })

  it('has no method that the server refuses on a path, and the server no other', async () => {
    for (const path of Object.keys(document.paths).filter((path) => path !== '/secrets/restore')) {
      for (const method of ['get', 'put', 'post', 'patch', 'delete', 'head', 'options'] as const) {
        if (entries.some((entry) => entry.path === path && entry.method === method)) continue
        const answer = await call(method.toUpperCase(), pathOf({ path } as Entry))
        expect([method, path, answer.status]).toEqual([method, path, 405])
      }
    }
  })

  it('has the limits of the protocol', () => {
    expect(parameters['secret-name']?.schema.pattern).toBe(secretNamePattern.source)
    expect(parameters.maxresults?.schema).toEqual({
      type: 'integer',
      minimum: 1,
      maximum: limits.pageSize,
      default: limits.pageSize,
    })
    expect(parameters.outContentType?.schema.enum).toEqual(Object.values(contentTypes))
    expect(parameters['api-version']?.schema.examples).toEqual(knownApiVersions)
    for (const [schema, most] of Object.entries({ SetRequest: bodyLimit, UpdateRequest: bodyLimit, RestoreRequest: restoreLimit })) {
      const taken = entries.flatMap(({ described: { requestBody } }) =>
        mediaOf(requestBody)?.schema.$ref === `#/components/schemas/${schema}` ? requestBody?.['x-max-bytes'] : [],
      )
      expect(new Set(taken)).toEqual(new Set([most]))
    } // biome-ignore format: one case a line
  })

  it.each([
    ...knownApiVersions,
    ...['7.4-preview.1', '7.6-preview', '2025-06-01-preview', '2025-12-31', '2026-01-01-preview.12', '2031-12-24'],
    ...['', '1.0', '7', '7.7', '7.0.1', '8.0', '2016-10-02', '2016-10-01-preview', '2020-01-01', '2025-05-31'],
    ...['2026-13-01', '2026-04-32', '2026-4-1', 'latest', '7.4 ', '7.4-beta', '7.4-preview.1234'],
  ])('knows an api-version where the server does: "%s"', (version) => {
    const { schema } = parameters['api-version'] as Parameter
    expect(problems(schema, version).length === 0).toBe(apiFeatures(version) !== undefined)
  })

  it('leaves no member of an answer undescribed', () => {
    const open: string[] = []
    const look = (schema: Schema, at: string) => {
      if (schema.properties !== undefined && schema.additionalProperties !== false) open.push(at)
      for (const [member, inner] of Object.entries(propertiesOf(schema))) look(inner, `${at}.${member}`)
      if (schema.items !== undefined) look(schema.items as Schema, `${at}[]`)
    }
    for (const [name, schema] of Object.entries(schemas)) if (!name.endsWith('Request')) look(schema, name)
    expect(open).toEqual([])
  })

  it('has nothing that nothing refers to', () => {
    const text = JSON.stringify(document)
    const unused = Object.entries(document.components).flatMap(([kind, members]) =>
      Object.entries(members)
        .filter(([name, member]) => kind !== 'securitySchemes' && !('x-status' in (member as object)) && !text.includes(`"#/components/${kind}/${name}"`))
        .map(([name]) => `${kind}/${name}`),
    ) // biome-ignore format: one line
    expect(unused).toEqual([])
  })
})

describe('an operation is answered as described', () => {
  it.each(['7.0', '7.4', '2025-07-01', '2026-04-01'])('at api-version %s', async (apiVersion) => {
    const from = vaultCaller(vault, { apiVersion })
    const latest = knownApiVersions.at(-1)
    const secret = `of-${apiVersion.replaceAll('.', '-')}`
    const answered = new Map<string, number>()
    const at = async (id: string, asked: Asked = {}) => {
      const answer = await ask(from, id, { name: secret, ...asked })
      answered.set(id, answer.status)
      // Nothing but the answer itself passes: not one that lacks a member, nor one with another.
      const schema = mediaOf(entryOf(id).responses.get(answer.status))?.schema
      if (schema === undefined) return answer
      // At the newest api-version every member that is described is there.
      if (apiVersion === latest) expect(sorted(membersIn(answer.json))).toEqual(sorted(members(document, schema)))
      const body = answer.json as Record<string, unknown>
      expect(problems(schema, { ...body, unknown: 1 })).toEqual(['unknown: is unknown'])
      for (const member of resolve<Schema>(document, schema).required as string[]) {
        expect(problems(schema, { ...body, [member]: undefined })).not.toEqual([])
      }
      return answer
    }
    const whole = {
      value: 'v',
      contentType: 'text/plain',
      tags: { a: 'ü', b: '' },
      attributes: { enabled: true, nbf: 0, exp: limits.maxDate },
    }
    await call('PUT', `/secrets/${secret}`, whole)
    const second = await at('SecretSet', { body: whole })
    const { version } = second
    const headers = { 'x-ms-client-request-id': 'any-id' }
    const get = await at('SecretGet', { version, headers })
    expect(get.headers['x-ms-client-request-id']).toBe('any-id')
    await at('SecretGetLatest')
    await at('SecretUpdate', { version, body: { attributes: { enabled: false } } })
    await at('SecretUpdateLatest', { body: { tags: { c: 'd' }, attributes: { enabled: true } } })
    await at('SecretUpdateLatest')
    await at('SecretList')
    const page = await at('SecretListVersions', { query: 'maxresults=1' })
    const next = new URL(page.list.nextLink as string)
    const last = await at('SecretListVersions', { query: next.search.slice(1) })
    expect([page.list.nextLink === null, last.list.nextLink]).toEqual([false, null])
    const backup = await at('SecretBackup')
    const deleted = await at('SecretDelete')
    const listed = await at('SecretListDeleted', { query: 'maxresults=1' })
    await at('SecretGetDeleted')
    await at('SecretRecover')
    await at('SecretDelete')
    await at('SecretPurge')
    await at('SecretRestore', { body: backup.json as object })
    await at('SecretDelete')

    const success = entries.map(({ id, responses }) => [id, [...responses.keys()].find((status) => status < 300)])
    expect([...answered].toSorted()).toEqual(success.toSorted())

    const shown = {
      days: deleted.bundle.attributes.recoverableDays !== undefined,
      previous: second.bundle.previousVersion !== undefined,
      readsOutContentType: (await ask(from, 'SecretGetLatest', { query: 'outContentType=x' })).status === 400,
    }
    const since2025 = apiVersion.startsWith('20')
    expect(shown).toEqual({ days: apiVersion !== '7.0', previous: since2025, readsOutContentType: since2025 })
    expect(listed.list.value[0]?.attributes.recoverableDays).toBe(apiVersion === '7.0' ? undefined : 90)
  })

  it('in a vault without soft delete', async () => {
    await ask(unguarded, 'SecretSet', { body: { value: 'v' } })
    const { bundle } = await ask(unguarded, 'SecretDelete')
    expect(bundle).not.toHaveProperty('recoveryId')
    expect(bundle.attributes).toMatchObject({ recoveryLevel: 'Purgeable', recoverableDays: 0 })
  })

  it('with a slash at the end', async () => {
    await ask(call, 'SecretSet', { name: 'slash', body: { value: 'v' } })
    const plain = await ask(call, 'SecretGetLatest', { name: 'slash' })
    expect((await ask(call, 'SecretGetLatest', { name: 'slash/' })).text).toBe(plain.text)
    expect((await ask(call, 'SecretUpdateLatest', { name: 'slash/', body: {} })).status).toBe(200)
  })
})

describe('a body is taken where the document takes it', () => {
  const x = (length: number) => 'x'.repeat(length)
  const tags = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`t${at}`, '']))
  const optional: readonly unknown[] = [
    {},
    { contentType: x(255) },
    { contentType: x(256) },
    { contentType: '' },
    { contentType: null },
    { contentType: 1 },
    { tags: tags(15) },
    { tags: tags(16) },
    { tags: {} },
    { tags: null },
    { tags: [] },
    { tags: 'a' },
    { tags: { [x(512)]: x(512) } },
    { tags: { [x(513)]: '' } },
    { tags: { a: x(513) } },
    { tags: { a: null } },
    { tags: { a: 1 } },
    { attributes: {} },
    { attributes: null },
    { attributes: [] },
    { attributes: { enabled: null, nbf: null, exp: null } },
    { attributes: { enabled: 'true' } },
    { attributes: { enabled: 1 } },
    { attributes: { nbf: 0, exp: limits.maxDate } },
    { attributes: { nbf: -1 } },
    { attributes: { exp: limits.maxDate + 1 } },
    { attributes: { exp: 1.5 } },
    { attributes: { exp: '1' } },
    { attributes: { created: 'x', recoveryLevel: 1, unknown: {} } },
    { unknown: 1, id: null },
  ]
  const cases: readonly [string, unknown][] = [
    ...optional.map((body): [string, unknown] => ['SecretUpdateLatest', body]),
    ...optional.map((body): [string, unknown] => ['SecretSet', { value: 'v', ...(body as object) }]),
    ...[{}, { value: null }, { value: 1 }, { value: '' }, { value: x(25_600) }, { value: x(25_601) }, [], 'v', null].map(
      (body): [string, unknown] => ['SecretSet', body],
    ),
    ...[[], null, 1].map((body): [string, unknown] => ['SecretUpdateLatest', body]),
    ...[{}, { value: '' }, { value: 'a b' }, { value: null }, []].map((body): [string, unknown] => ['SecretRestore', body]),
  ] // biome-ignore format: one case a line

  it.each(cases.map(([id, body]) => [id, JSON.stringify(body).slice(0, 60), body] as const))(
    '%s %s',
    async (id, _, body) => {
      await call('PUT', '/secrets/bodies', { value: 'v' })
      const schema = mediaOf(entryOf(id).described.requestBody)?.schema as Schema
      const answer = await ask(call, id, { name: 'bodies', body: JSON.stringify(body) })
      expect(answer.status).toBe(problems(schema, body).length === 0 ? 200 : 400)
    },
  )

  it.each([
    ['maxresults', 'SecretList', ['1', '25'], ['0', '-1', 'abc', '1.5', '']],
    ['outContentType', 'SecretGetLatest', Object.values(contentTypes), ['text/plain', '']],
  ])('and so is the parameter %s', async (parameter, id, taken, refused) => {
    await call('PUT', '/secrets/bodies', { value: 'v' })
    for (const text of [...taken, ...refused]) {
      const query = `api-version=2026-04-01&${parameter}=${encodeURIComponent(text)}`
      const { status } = await ask(call, id, { name: 'bodies', query })
      expect([text, status]).toEqual([text, taken.includes(text) ? 200 : 400])
    }
  })
})

describe('a parameter is read where the document has it', () => {
  it.each(['maxresults', '$skiptoken', 'outContentType'])('%s', async (parameter) => {
    for (const { id, parameters } of entries) {
      const query = `api-version=2026-04-01&${parameter}=0`
      const { status, text } = await ask(call, id, { name: 'parameters', query, body: { value: 'v' } })
      const refused = status === 400 && text.includes('"BadParameter"')
      expect([id, refused]).toEqual([id, parameters.some(({ name }) => name === parameter)])
    }
  })
})

describe('a path is taken where the document takes it', () => {
  it('by the name', async () => {
    const { schema } = parameters['secret-name'] as Parameter
    for (const text of ['0', '-', 'A-9', 'x'.repeat(127), 'x'.repeat(128), 'a_b', 'a.b', 'ä', 'a b']) {
      const { status } = await ask(call, 'SecretListVersions', { name: encodeURIComponent(text) })
      expect([text, status]).toEqual([text, problems(schema, text).length === 0 ? 200 : 400])
    }
  })
  it('by the version', async () => {
    const { schema } = parameters['secret-version'] as Parameter
    const { version } = await call('PUT', '/secrets/by-version', { value: 'v' })
    for (const text of [version, version.toUpperCase(), version.slice(1), `${version}0`, `${version.slice(1)}g`]) {
      const { status } = await ask(call, 'SecretGet', { name: 'by-version', version: text })
      expect([text, status]).toEqual([text, problems(schema, text).length === 0 ? 200 : 404])
    }
  })
})

describe('an error is answered as described', () => {
  /** An operation, an example of one of its errors, and a request that is answered so. */
  type Refusal = readonly [id: string, example: string, provoke: () => Promise<Answer>]

  const atBroken = (id: string) => {
    const entry = entryOf(id)
    return send(brokenVault, { method: entry.method.toUpperCase(), path: `${pathOf(entry)}?api-version=7.4` })
  }
  const ofEvery = ({ id, method, path, described }: Entry): Refusal[] => [
    ['BadParameter', () => request(call, id, { query: 'api-version=' })],
    ['Unauthorized', () => send(vault, { method: method.toUpperCase(), path: pathOf({ path } as Entry) })],
    ['ForbiddenByRbac', () => request(stranger, id)],
    ['VaultNotFound', () => request(nowhere, id)],
    ['ServiceUnavailable', () => {
      services = undefined
      return atBroken(id)
    }],
    ['InternalError', () => {
      services = { dataPlane: async () => Promise.reject(new Error('a fault')), isAuthority: () => false, authority: () => {} }
      return atBroken(id)
    }],
    ...(described.requestBody === undefined ? [] : [['RequestBodyTooLarge', () => {
      const headers = { 'Content-Length': String((described.requestBody?.['x-max-bytes'] ?? 0) + 1), Connection: 'close' }
      return request(call, id, { body: '{', headers })
    }] as const]),
  ].map(([example, provoke]) => [id, example, provoke] as Refusal) // biome-ignore format: one case a line

  const missing = (id: string): Refusal => [id, 'SecretNotFound', () => request(call, id, { body: '' })]
  const disabled = async (id: string) => {
    const body = { value: 'v', attributes: { enabled: false } }
    const { version } = await call('PUT', '/secrets/disabled', body)
    return await request(call, id, { name: 'disabled', version })
  }
  /** In the guarded vault. */
  let deletedOnce: Promise<object> | undefined
  const deleteGuarded = async () => {
    await guarded('PUT', `/secrets/${name}`, { value: 'v' })
    const backup = await guarded('POST', `/secrets/${name}/backup`)
    await guarded('DELETE', `/secrets/${name}`)
    return backup.json as object
  }
  const deletedGuarded = () => {
    deletedOnce ??= deleteGuarded()
    return deletedOnce
  }

  const refusals: readonly Refusal[] = [
    ...entries.flatMap(ofEvery),
    ...['SecretGet', 'SecretGetLatest', 'SecretUpdate', 'SecretUpdateLatest', 'SecretDelete', 'SecretBackup'].map(missing),
    ...['SecretGetDeleted', 'SecretRecover', 'SecretPurge'].map(missing),
    ['SecretGet', 'SecretDisabled', () => disabled('SecretGet')],
    ['SecretGetLatest', 'SecretDisabled', () => disabled('SecretGetLatest')],
    ['SecretSet', 'ObjectIsDeletedButRecoverable', async () => {
      await deletedGuarded()
      return await request(guarded, 'SecretSet', { body: { value: 'v' } })
    }],
    ['SecretRestore', 'Conflict', async () => request(guarded, 'SecretRestore', { body: await deletedGuarded() })],
    ['SecretRestore', 'MalformedBackup', () => request(call, 'SecretRestore', { body: { value: 'AAAA' } })],
    ['SecretPurge', 'PurgeProtected', () => request(guarded, 'SecretPurge')],
    ...['SecretListDeleted', 'SecretGetDeleted', 'SecretRecover', 'SecretPurge'].map(
      (id): Refusal => [id, 'NotSupported', () => request(unguarded, id)],
    ),
  ] // biome-ignore format: one case a line

  it.each(refusals)('%s: %s', async (id, example, provoke) => {
    const answer = await provoke()
    const response = entryOf(id).responses.get(answer.status)
    expectDescribed(response, answer)
    const described = mediaOf(response)?.examples?.[example]?.value.error
    expect(described && { codes: codesOf(described), message: shapeOf(described.message) }).toEqual({
      codes: codesOf(answer.error),
      message: shapeOf(answer.error.message),
    })
    if (example === 'ForbiddenByRbac') {
      expect(answer.error.message).toContain(`Action: '${entryOf(id).described['x-data-action']}'`)
    }
  })

  it('by a request for each of them', () => {
    const described = entries.flatMap(({ id, responses }) =>
      [...responses.values()].flatMap((response) =>
        Object.keys(mediaOf(response)?.examples ?? {}).map((example) => `${id} ${example}`),
      ),
    )
    expect(refusals.map(([id, example]) => `${id} ${example}`).toSorted()).toEqual(described.toSorted())
  })

  it('with a challenge for a token that is refused', async () => {
    const answer = await request(call, 'SecretList', { headers: { Authorization: 'Bearer garbage' } })
    expectDescribed(responses.Unauthorized, answer)
    expect(answer.headers['www-authenticate']).toContain('error="insufficient_claims"')
  })

  /** What an answer is to, if there was no request for an operation. */
  const others: Record<string, () => Promise<Answer>> = {
    NoSuchPath: () => call('GET', '/keys'),
    NoSuchMethod: () => call('POST', '/secrets'),
    NoHttpRequest: () => said(['garbage', '', '']),
    HeadersTooLarge: () => said(['GET / HTTP/1.1', `Authorization: Bearer ${'x'.repeat(headerLimit + 1)}`, '']),
    async RequestTimeout() {
      const socket = new PassThrough()
      broken.emit('clientError', Object.assign(new Error(), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), socket)
      return parsed(await textOf(socket))
    },
  }
  async function said(lines: string[]): Promise<Answer> {
    const connection = await dialogue(vault)
    connection.say(...lines)
    return parsed(await connection.hear(/}}$/))
  }
  function parsed(text: string): Answer {
    const [head = '', body = ''] = text.split('\r\n\r\n')
    const [start = '', ...fields] = head.split('\r\n')
    const named = fields.map((field) => field.split(': ')).map(([name = '', value]) => [name.toLowerCase(), value])
    return new Answer(Number(start.split(' ')[1]), Object.fromEntries(named), [], body)
  }

  it.each(Object.entries(others))('to no operation: %s', async (id, provoke) => {
    const answer = await provoke()
    const response = responses[id]
    expect(answer.status).toBe(response?.['x-status'])
    expectDescribed(response, answer)
    const [example] = Object.values(mediaOf(response)?.examples ?? {})
    expect(answer.error).toEqual(example?.value.error)
  })

  it('and those are all that belong to no operation', () => {
    const outside = Object.entries(responses).filter(([, response]) => response['x-status'] !== undefined)
    expect(outside.map(([id]) => id).toSorted()).toEqual(Object.keys(others).toSorted())
  })

  it('with codes that some answer has', () => {
    const all = Object.values(responses).flatMap((response) => {
      const { examples = {}, schema } = mediaOf(response) as Media
      return Object.values(examples).map(({ value }) => {
        expect(problems(schema, value)).toEqual([])
        return value.error
      })
    })
    const { code, innererror } = propertiesOf(propertiesOf(schemas.Error).error)
    expect(new Set(code?.enum as string[])).toEqual(new Set(all.map((error) => error.code)))
    expect(new Set(propertiesOf(innererror).code?.enum as string[])).toEqual(
      new Set(all.flatMap((error) => error.innererror?.code ?? [])),
    )
  })
})

// Against the description that Microsoft publishes, where a copy of it is at hand.

interface PublishedOperation {
  readonly parameters: readonly (Parameter | Ref)[]
  readonly responses: Readonly<Record<string, { readonly schema?: Schema }>>
}
interface Published {
  readonly paths: Readonly<Record<string, Readonly<Partial<Record<Method, PublishedOperation>>>>>
  readonly definitions: Schemas
}

/** All that the document has beyond the published description, and lacks of it. */
const differences = {
  /** The current version, which clients ask for by an empty version. */
  operations: ['get /secrets/{secret-name}', 'patch /secrets/{secret-name}'],
  /** Sent by every client, and part of every nextLink. */
  parameters: ['x-ms-client-request-id', '$skiptoken'],
  /** Of secrets that back certificates, which there are none of. */
  notAnswered: ['managed', 'kid', 'value[].managed'],
  /** Published with the same type as an answer to a get, and never with a value. */
  withoutValue: ['SecretUpdate', 'SecretDelete', 'SecretRestore', 'SecretGetDeleted', 'SecretRecover'],
  /** Only the server sets them, and a request's are ignored. */
  notAsked: ['created', 'updated', 'recoveryLevel', 'recoverableDays'].map((member) => `attributes.${member}`),
  /** Subscriptions that cannot be cancelled: there are no subscriptions. */
  recoveryLevels: ['Recoverable+ProtectedSubscription', 'CustomizedRecoverable+ProtectedSubscription'],
  /** Published as an error within an error, without end. */
  ofInnerError: ['error.innererror.code'],
}

const publishedFile = join(root, '..', 'shared', 'spec', '2026-04-01', 'secrets.json')

describe('beside the published description of 2026-04-01', () => {
  const published: Published | undefined = existsSync(publishedFile)
    ? JSON.parse(readFileSync(publishedFile, 'utf8'))
    : undefined
  const compare = (title: string, test: (published: Published) => void) =>
    it(title, ({ skip }) => {
      if (published === undefined) return skip('no copy of the published description is at hand')
      test(published)
    })

  const without = (names: readonly string[], ...left: readonly string[]) =>
    sorted(names.filter((name) => !left.includes(name)))

  const operationsOf = ({ paths }: Published) =>
    Object.entries(paths).flatMap(([path, item]) =>
      methods.flatMap((method) => (item[method] === undefined ? [] : { key: `${method} ${path}`, ...item[method] })),
    )
  const pairs = (published: Published) =>
    operationsOf(published).map((operation) => {
      const entry = entries.find(({ method, path }) => `${method} ${path}` === operation.key)
      if (entry === undefined) throw new Error(`${operation.key} is not in the document`)
      const { key, parameters, responses } = operation
      return { key, entry, responses, parameters: parameters.map((parameter) => resolve<Parameter>(published, parameter)) }
    }) // biome-ignore format: one line

  compare('paths and methods are the same', (published) => {
    expect(without(entries.map(({ method, path }) => `${method} ${path}`), ...differences.operations)).toEqual(
      sorted(operationsOf(published).map(({ key }) => key)),
    )
  }) // biome-ignore format: one line
  compare('parameters are the same', (published) => {
    for (const { key, entry, parameters } of pairs(published)) {
      const theirs = parameters.filter((parameter) => (parameter.in as string) !== 'body')
      const ours = without(entry.parameters.map(({ name }) => name), ...differences.parameters)
      expect([key, ours]).toEqual([key, sorted(theirs.map(({ name }) => name))])
      expect([key, entry.described.requestBody !== undefined]).toEqual([key, theirs.length < parameters.length])
    }
  }) // biome-ignore format: one line
  compare('success statuses are the same', (published) => {
    for (const { key, entry, responses } of pairs(published)) {
      const ours = [...entry.responses.keys()].filter((status) => status < 300).map(String)
      expect([key, ours]).toEqual([key, Object.keys(responses).filter((status) => status !== 'default')])
    }
  })
  compare('the members of requests are the same', (published) => {
    for (const { key, entry, parameters } of pairs(published)) {
      const theirs = parameters.find((parameter) => (parameter.in as string) === 'body')?.schema
      const ours = members(document, mediaOf(entry.described.requestBody)?.schema)
      expect([key, sorted(ours)]).toEqual([key, without(members(published, theirs), ...differences.notAsked)])
    }
  })
  compare('the members of answers are the same', (published) => {
    for (const { key, entry, responses } of pairs(published)) {
      for (const [status, { schema }] of Object.entries(responses)) {
        const described = entry.responses.get(status === 'default' ? 401 : Number(status))
        const ours = members(document, mediaOf(described)?.schema)
        const left = [...differences.notAnswered, ...(differences.withoutValue.includes(entry.id) ? ['value'] : [])]
        expect([key, status, without(ours, ...differences.ofInnerError)]).toEqual([
          key,
          status,
          without(members(published, schema), ...left),
        ])
      }
    }
  })
  compare('recovery levels are the same', ({ definitions }) => {
    const theirs = definitions.DeletionRecoveryLevel?.enum as string[]
    const { recoveryLevel } = propertiesOf(schemas.Attributes)
    expect(sorted(recoveryLevel?.enum as string[])).toEqual(without(theirs, ...differences.recoveryLevels))
  })
})
