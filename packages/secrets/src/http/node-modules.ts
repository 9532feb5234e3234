interface NodeModules {
  'node:http': typeof import('node:http')
  'node:https': typeof import('node:https')
  'node:tls': typeof import('node:tls')
  'node:fs': typeof import('node:fs')
}

/** Whether this is Node itself; Deno, Bun and Workers have Node's names but are at their best with `fetch`. */
export function runsInNode(): boolean {
  const { process, navigator } = globalThis as { process?: NodeJS.Process; navigator?: { userAgent?: string } }
  if (process?.versions?.node === undefined || 'Deno' in globalThis || 'Bun' in globalThis) return false
  return navigator?.userAgent !== 'Cloudflare-Workers'
}

/** A module of Node's own, loaded when first needed and invisible to bundlers that build for browsers. */
export async function nodeModule<Name extends keyof NodeModules>(name: Name): Promise<NodeModules[Name]> {
  // Absent before Node 20.16.
  const builtin = process.getBuiltinModule?.(name) as NodeModules[Name] | undefined
  return builtin ?? ((await import(/* webpackIgnore: true */ /* @vite-ignore */ name)) as NodeModules[Name])
}
