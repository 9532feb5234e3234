import { once } from 'node:events'
import type { IncomingHttpHeaders } from 'node:http'
import { Agent, request } from 'node:https'
import { connect } from 'node:tls'
import type { DeletedSecretBundle, DeletedSecretItem, ErrorBody, ListResult } from '@strongroom/protocol'
import { expect } from 'vitest'
import type { TestVault } from '../src/start-vault.js'

/*
 * A bare requester: what is asked goes out as written, what comes back is shown as it came. It adds nothing that a client
 * library would, so that a test can say exactly what is on the wire.
 */

export interface Question {
  readonly method: string
  /** Path and query, sent as they are. */
  readonly path: string
  /** The Host header, with the port; that of the vault if left out. */
  readonly host?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

export class Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly rawHeaders: readonly string[]
  readonly text: string
  constructor(status: number, headers: IncomingHttpHeaders, rawHeaders: readonly string[], text: string) {
    this.status = status
    this.headers = headers
    this.rawHeaders = rawHeaders
    this.text = text
  }
  get json(): unknown {
    return JSON.parse(this.text)
  }
  get bundle(): DeletedSecretBundle {
    return this.json as DeletedSecretBundle
  }
  get list(): ListResult<DeletedSecretItem> {
    return this.json as ListResult<DeletedSecretItem>
  }
  get error(): ErrorBody['error'] {
    return (this.json as ErrorBody).error
  }
  /** The last segment of the bundle's id. */
  get version(): string {
    return this.bundle.id.split('/').at(-1) as string
  }
}

const agents = new Map<string, Agent>()

function agentOf(vault: TestVault): Agent {
  const known = agents.get(vault.caCertificate)
  if (known !== undefined) return known
  const agent = new Agent({ keepAlive: true, ca: vault.caCertificate, maxSockets: 64 })
  agents.set(vault.caCertificate, agent)
  return agent
}

export function send(vault: TestVault, { method, path, host, headers, body }: Question): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        agent: agentOf(vault),
        host: '127.0.0.1',
        port: vault.port,
        servername: new URL(vault.url).hostname,
        method,
        path,
        headers: {
          Host: host ?? new URL(vault.url).host,
          ...(body !== undefined &&
            headers?.['Transfer-Encoding'] === undefined && { 'Content-Length': String(Buffer.byteLength(body)) }),
          ...headers,
        },
      },
      (incoming) => {
        const chunks: Buffer[] = []
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
        incoming.on('end', () => {
          const text = Buffer.concat(chunks).toString()
          resolve(new Answer(incoming.statusCode as number, incoming.headers, incoming.rawHeaders, text))
        })
        incoming.on('error', reject)
      },
    )
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

export interface Credentials {
  readonly clientId: string
  readonly clientSecret: string
}

/** A token for the vault, from the authority's token endpoint, by client credentials. */
export async function tokenFor(
  vault: TestVault,
  { clientId, clientSecret, scope }: Partial<Credentials & { scope: string }> = {},
): Promise<string> {
  const authority = new URL(vault.authorityUrl)
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId ?? vault.clientId,
    client_secret: clientSecret ?? vault.clientSecret,
    scope: scope ?? `${resourceOf(vault)}/.default`,
  })
  const answer = await send(vault, {
    method: 'POST',
    path: `/${vault.tenantId}/oauth2/v2.0/token`,
    host: authority.host,
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
  })
  if (answer.status !== 200) throw new Error(`no token: ${answer.status} ${answer.text}`)
  return (answer.json as { access_token: string }).access_token
}

/** The vault's URL without its first label. */
export const resourceOf = (vault: TestVault): string => vault.url.replace(/\/\/[^.]+\./, '//')

/** An object goes as JSON, a text or bytes as they are. */
export type Body = string | Buffer | object

export type Call = (method: string, path: string, body?: Body, headers?: Record<string, string>) => Promise<Answer>

export interface CallerOptions {
  readonly credentials?: Credentials
  /** Another vault of the same server. */
  readonly vault?: string
  readonly apiVersion?: string
}

/** Calls a vault with a token, and with `api-version` unless the path has one. */
export function vaultCaller(vault: TestVault, options: CallerOptions = {}): Call & { renew(): void } {
  const { credentials, apiVersion = '7.4' } = options
  let token: Promise<string> | undefined
  const call: Call = async (method, path, body, headers) => {
    token ??= tokenFor(vault, credentials)
    const isJson = typeof body === 'object' && !Buffer.isBuffer(body)
    return await send(vault, {
      method,
      path: /api-?(%2d)?version/i.test(path)
        ? path
        : `${path}${path.includes('?') ? '&' : '?'}api-version=${apiVersion}`,
      ...(options.vault !== undefined && { host: `${options.vault}.${new URL(resourceOf(vault)).host}` }),
      headers: {
        Authorization: `Bearer ${await token}`,
        ...(isJson && { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: isJson ? JSON.stringify(body) : (body as string | Buffer) }),
    })
  }
  return Object.assign(call, {
    renew() {
      token = undefined
    },
  })
}

/** An error's exact answer: status, code, message, inner code, and nothing besides. */
export function expectError(answer: Answer, status: number, code: string, message: string, innerCode?: string): void {
  const error = { code, message, ...(innerCode !== undefined && { innererror: { code: innerCode } }) }
  expect({ status: answer.status, text: answer.text }).toEqual({ status, text: JSON.stringify({ error }) })
}

/** Every item of a list, page by page. */
export async function listAll(call: Call, path: string): Promise<DeletedSecretItem[]> {
  const items: DeletedSecretItem[] = []
  let next: string | null = path
  while (next !== null) {
    const { list } = await call('GET', next)
    items.push(...list.value)
    next = list.nextLink === null ? null : list.nextLink.replace(/^https:\/\/[^/]+/, '')
  }
  return items
}

/** Everything a vault shows: live secrets with all their versions and values, and deleted ones. */
export async function contentsOf(call: Call): Promise<string> {
  const shown: unknown[] = []
  for (const secret of await listAll(call, '/secrets')) {
    const path = new URL(secret.id).pathname
    for (const version of await listAll(call, `${path}/versions`)) {
      shown.push(version, (await call('GET', new URL(version.id).pathname)).json)
    }
  }
  shown.push(await listAll(call, '/deletedsecrets'))
  return JSON.stringify(shown)
}

/** The text of the 404 of a secret or version. */
export const notFoundMessage = (subject: string): string =>
  `A secret with (name/id) ${subject} was not found in this key vault. If you recently deleted this secret you may be able to recover it using the correct recovery command. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125182`

export const deletedMessage = (name: string): string =>
  `Secret ${name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the secret can only be recovered or purged.`

let lastName = 0
/** A name that no other test of the file uses. */
export const freshName = (stem = 'secret'): string => `${stem}-${++lastName}`

/** A bare TLS connection to the vault, for what no HTTP client sends. */
export async function dialogue(vault: TestVault) {
  const socket = connect({
    host: '127.0.0.1',
    port: vault.port,
    servername: new URL(vault.url).hostname,
    ca: vault.caCertificate,
  })
  let heard = ''
  let ended = false
  let look = () => {}
  socket.on('data', (chunk: Buffer) => {
    heard += chunk.toString('latin1')
    look()
  })
  const end = () => {
    ended = true
    look()
  }
  socket.on('end', end)
  socket.on('error', end)
  socket.on('close', end)
  await once(socket, 'secureConnect')
  return {
    say: (...lines: string[]) => void socket.write(`${lines.join('\r\n')}\r\n`),
    /** All that was heard, once it matches, or once the server has hung up. */
    hear: (pattern: RegExp): Promise<string> =>
      new Promise((resolve) => {
        look = () => {
          if (ended || pattern.test(heard)) resolve(heard)
        }
        look()
      }),
    close: () => socket.destroy(),
  }
}
