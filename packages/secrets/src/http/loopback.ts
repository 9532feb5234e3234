import type { LookupFunction } from 'node:net'

/** Whether a host name means this machine and nothing else: `localhost`, any `*.localhost`, 127.0.0.0/8, `::1`. */
export function isLoopback(hostname: string): boolean {
  const name = hostname.toLowerCase()
  return isLocalhostName(name) || /^127(\.\d{1,3}){3}$/.test(name) || name === '[::1]' || name === '::1'
}

/** `localhost` and what ends in `.localhost`: names that many resolvers do not know, although RFC 6761 defines them. */
export function isLocalhostName(hostname: string): boolean {
  const name = hostname.toLowerCase()
  return name === 'localhost' || name.endsWith('.localhost')
}

/** Resolves any name to this machine, without asking a resolver. */
export const loopbackLookup: LookupFunction = (_hostname, options, callback) => {
  const both = [
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ]
  const family = options.family === 'IPv4' ? 4 : options.family === 'IPv6' ? 6 : options.family
  const wanted = both.filter((entry) => !family || entry.family === family)
  if (options.all) callback(null, wanted)
  else callback(null, wanted[0]?.address ?? '127.0.0.1', wanted[0]?.family ?? 4)
}
