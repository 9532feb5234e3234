/**
 * Loaded before an official client with `node --import`: names under `localhost` lead to this machine, as the hosts entry
 * of a user's machine or a resolver that follows RFC 6761 makes them. It stands in for that entry, which takes root to
 * write; the packages stay as they are. Our own client resolves these names itself and runs without it.
 */
import dns from 'node:dns'
import { syncBuiltinESMExports } from 'node:module'

const lookup = dns.lookup

dns.lookup = function lookupWithLocalhost(hostname, options, callback) {
  const done = typeof options === 'function' ? options : callback
  if (!/\.localhost\.?$/i.test(hostname)) return lookup.call(this, hostname, options, callback)
  const loopback = { address: '127.0.0.1', family: 4 }
  process.nextTick(() => {
    if (options?.all) done(null, [loopback])
    else done(null, loopback.address, loopback.family)
  })
  return {}
}
syncBuiltinESMExports()
