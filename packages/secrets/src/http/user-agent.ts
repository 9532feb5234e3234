import { VERSION } from '../version.js'
import { runsInNode } from './node-modules.js'

/** One product token and the platform; `undefined` in a browser, which names itself. */
export function userAgent(prefix?: string): string | undefined {
  if (!runsInNode()) return undefined
  const own = `strongroom-secrets/${VERSION} (Node ${process.versions.node}; ${process.platform} ${process.arch})`
  return prefix ? `${prefix} ${own}` : own
}
