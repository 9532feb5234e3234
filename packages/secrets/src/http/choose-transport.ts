import type { ProxySettings } from '../options.js'
import { clientTransport } from './client-transport.js'
import { fetchTransport } from './fetch-transport.js'
import type { HttpClient, HttpRequest, HttpResponse, NodeAgent } from './message.js'
import { runsInNode } from './node-modules.js'
import { nodeTransport } from './node-transport.js'
import type { Transport } from './transport.js'
import type { Trust } from './trust.js'

export interface TransportOptions extends Trust {
  httpClient?: HttpClient | ((request: HttpRequest) => Promise<HttpResponse>) | undefined
  agent?: NodeAgent | undefined
  proxyOptions?: ProxySettings | undefined
  keepAliveOptions?: { enable?: boolean | undefined } | undefined
  connectTimeoutInMs?: number | undefined
}

/** The caller's transport, else Node's, else `fetch`. */
export function chooseTransport(options: TransportOptions): Transport {
  if (options.httpClient !== undefined) return clientTransport(options.httpClient)
  if (runsInNode()) {
    return nodeTransport({
      caCertificate: options.caCertificate,
      tlsOptions: options.tlsOptions,
      agent: options.agent,
      proxyOptions: options.proxyOptions,
      keepAlive: options.keepAliveOptions?.enable !== false,
      connectTimeoutInMs: options.connectTimeoutInMs ?? 5_000,
    })
  }
  if (options.caCertificate !== undefined || options.tlsOptions !== undefined) {
    throw new TypeError('caCertificate and tlsOptions need Node; elsewhere the runtime decides whom to trust')
  }
  return fetchTransport()
}
