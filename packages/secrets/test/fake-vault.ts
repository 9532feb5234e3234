import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { AccessToken, GetTokenOptions, TokenCredential } from '../src/index.js'

/** A request as the fake vault saw it. */
export interface Seen {
  method: string
  /** Path and query. */
  url: string
  headers: IncomingMessage['headers']
  body: string
}

export interface Answer {
  status?: number
  headers?: Record<string, string>
  /** An object goes out as JSON. */
  body?: object | string
}

/** `hang up` breaks the connection; `challenge` answers 401 with the usual challenge. */
export type Answering = (request: Seen, count: number) => Answer | 'hang up' | 'challenge' | Promise<Answer | 'hang up'>

export interface FakeVault extends AsyncDisposable {
  /** `http://dev.vault.localhost:PORT` */
  readonly url: string
  readonly port: number
  readonly seen: Seen[]
  /** The requests that carried a token. */
  readonly authorized: Seen[]
}

export const challenge = 'Bearer authorization="https://login.test/some-tenant", resource="https://vault.localhost"'

/**
 * A server that misbehaves as the test says, in ways a real vault does not. Requests without a token get a challenge,
 * unless `answerAll` is set.
 */
export async function fakeVault(answering: Answering, { answerAll = false } = {}): Promise<FakeVault> {
  const seen: Seen[] = []
  const authorized: Seen[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { method = '', url = '', headers } = request
    const one: Seen = { method, url, headers, body: Buffer.concat(chunks).toString() }
    seen.push(one)
    if (!answerAll && headers.authorization === undefined) return send(response, 'challenge')
    authorized.push(one)
    const answer = await answering(one, authorized.length)
    if (answer === 'hang up') request.socket.destroy()
    else send(response, answer)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://dev.vault.localhost:${port}`,
    port,
    seen,
    authorized,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function send(response: ServerResponse, answer: Answer | 'challenge'): void {
  if (answer === 'challenge') {
    response.writeHead(401, { 'www-authenticate': challenge, 'content-type': 'application/json' })
    response.end('{"error":{"code":"Unauthorized","message":"AKV10000: Request is missing a Bearer or PoP token."}}')
    return
  }
  const { status = 200, headers = {}, body = '' } = answer
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(typeof body === 'string' ? body : JSON.stringify(body))
}

/** A bundle as a vault answers it. */
export function bundle(name: string, members: Record<string, unknown> = {}): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1000)
  return {
    id: `https://dev.vault.localhost/secrets/${name}/0123456789abcdef0123456789abcdef`,
    attributes: { enabled: true, created: now, updated: now, recoveryLevel: 'Recoverable+Purgeable' },
    ...members,
  }
}

export function errorBody(code: string, innerCode?: string, message = 'words'): object {
  return { error: { code, message, ...(innerCode && { innererror: { code: innerCode } }) } }
}

/** Gives `token-1`, `token-2` and so on, and remembers what it was asked for. */
export class CountingCredential implements TokenCredential {
  readonly asked: { scope: string; options: GetTokenOptions }[] = []
  lifetimeInMs = 3_600_000

  async getToken(scopes: string | string[], options: GetTokenOptions = {}): Promise<AccessToken> {
    this.asked.push({ scope: String(scopes), options })
    return { token: `token-${this.asked.length}`, expiresOnTimestamp: Date.now() + this.lifetimeInMs }
  }
}
