import type { ProxySettings } from '../options.js'
import { isLoopback } from './loopback.js'

/** A proxy to go through. */
export interface ProxyServer {
  protocol: 'http:' | 'https:'
  hostname: string
  port: number
  /** The value of `Proxy-Authorization`. */
  authorization?: string
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The proxy for a target: the caller's, else the environment's (`HTTPS_PROXY`, `ALL_PROXY`, less `NO_PROXY`).
 * @throws {TypeError} if what was given is no proxy
 */
export function proxyFor(
  target: URL,
  settings: ProxySettings | undefined,
  environment: Environment,
): ProxyServer | undefined {
  // Names of this machine mean another one to a proxy.
  if (target.protocol !== 'https:' || isLoopback(target.hostname)) return undefined
  if (settings !== undefined) {
    const { host, port, username, password } = settings
    return parseProxy(`${host}:${port}`, username, password)
  }
  const read = (name: string) => environment[name] || environment[name.toLowerCase()]
  const url = read('HTTPS_PROXY') || read('ALL_PROXY')
  return url === undefined || isExempt(target, read('NO_PROXY') ?? '') ? undefined : parseProxy(url)
}

/** Whether a list such as `.internal,*.corp.example,10.0.0.1:8443` names the target. A name stands for its subdomains too. */
export function isExempt(target: URL, noProxy: string): boolean {
  return noProxy.split(/[\s,]+/).some((entry) => {
    if (entry === '*') return true
    const [, host = '', port] = /^(?:\*?\.)?(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? []
    if (host === '' || (port !== undefined && port !== (target.port || '443'))) return false
    return target.hostname === host || target.hostname.endsWith(`.${host}`)
  })
}

function parseProxy(text: string, username?: string, password?: string): ProxyServer {
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new TypeError('the proxy must be an http or https URL, such as http://proxy.example:3128')
  }
  const user = username ?? decodeURIComponent(url.username)
  const credentials = user === '' ? undefined : `${user}:${password ?? decodeURIComponent(url.password)}`
  return {
    protocol: url.protocol,
    hostname: url.hostname,
    port: Number(url.port) || (url.protocol === 'https:' ? 443 : 80),
    ...(credentials !== undefined && { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` }),
  }
}
