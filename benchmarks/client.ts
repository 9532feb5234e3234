import { Agent, request } from 'node:https'
import type { VaultProcess } from './processes.ts'

/** What came back, headers in the order and spelling of the wire. */
export interface Answer {
  readonly status: number
  readonly rawHeaders: readonly string[]
  readonly body: string
}

export const apiVersion = '2025-07-01'

/** Plain requests to the vault under measurement: to fill it, and to look at an answer before its speed is measured. */
export class Client {
  readonly #vault: VaultProcess
  readonly #agent: Agent
  token = ''

  constructor(vault: VaultProcess) {
    this.#vault = vault
    this.#agent = new Agent({ keepAlive: true, ca: vault.caCertificate, maxSockets: 64 })
  }

  /** Host header of the vault, with the port. */
  get host(): string {
    return new URL(this.#vault.vaultUrl).host
  }

  /** Gets the token that all later calls carry. */
  async signIn(): Promise<void> {
    const { authorityUrl, tenantId, clientId, clientSecret, audience } = this.#vault
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: `${audience}/.default`,
    })
    const answer = await this.#send(new URL(authorityUrl).host, 'POST', `/${tenantId}/oauth2/v2.0/token`, {
      'Content-Type': 'application/x-www-form-urlencoded',
      text: form.toString(),
    })
    if (answer.status !== 200) throw new Error(`the authority gave no token: ${answer.status} ${answer.body}`)
    this.token = JSON.parse(answer.body).access_token
  }

  /** @param target - path and query; `api-version` is added where there is none */
  call(method: string, target: string, body?: object): Promise<Answer> {
    return this.#send(this.host, method, versioned(target), {
      Authorization: `Bearer ${this.token}`,
      ...(body && { 'Content-Type': 'application/json', text: JSON.stringify(body) }),
    })
  }

  close(): void {
    this.#agent.destroy()
  }

  #send(
    host: string,
    method: string,
    path: string,
    { text, ...headers }: Record<string, string> & { text?: string },
  ): Promise<Answer> {
    const { port } = this.#vault
    const length = text === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(text)) }
    const options = { agent: this.#agent, host: '127.0.0.1', port, servername: host.replace(/:\d+$/, ''), method, path }
    return new Promise((resolve, reject) => {
      const outgoing = request({ ...options, headers: { Host: host, ...headers, ...length } }, (incoming) => {
        const chunks: Buffer[] = []
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
        incoming.on('error', reject)
        incoming.on('end', () => {
          const body = Buffer.concat(chunks).toString()
          resolve({ status: incoming.statusCode ?? 0, rawHeaders: incoming.rawHeaders, body })
        })
      })
      outgoing.on('error', reject)
      outgoing.end(text)
    })
  }
}

export function versioned(target: string): string {
  if (target.includes('api-version=')) return target
  return `${target}${target.includes('?') ? '&' : '?'}api-version=${apiVersion}`
}
