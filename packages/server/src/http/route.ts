/** The operations of the secrets API, named as its documentation names them. */
export type Operation =
  | 'SecretSet'
  | 'SecretGet'
  | 'SecretUpdate'
  | 'SecretDelete'
  | 'SecretList'
  | 'SecretListVersions'
  | 'SecretBackup'
  | 'SecretRestore'
  | 'SecretListDeleted'
  | 'SecretGetDeleted'
  | 'SecretRecover'
  | 'SecretPurge'

export type Route =
  | { readonly kind: 'operation'; readonly operation: Operation; readonly name: string; readonly version: string }
  | { readonly kind: 'methodNotAllowed' | 'notFound' }

const notFound: Route = { kind: 'notFound' }
const methodNotAllowed: Route = { kind: 'methodNotAllowed' }

/**
 * Which operation a method and a path ask for. `name` and `version` are decoded and not checked; an empty version means
 * the latest.
 * @param path - without the query
 */
export function routeOf(method: string, path: string): Route {
  const segments = segmentsOf(path)
  const last = segments.length - 1
  // A slash at the end says no more, but for an empty name or version, which is looked at where it stands.
  const [collection, name, third, ...rest] = last > 1 && segments[last] === '' ? segments.slice(0, last) : segments
  if (rest.length > 0) return notFound
  switch (collection?.toLowerCase()) {
    case 'secrets':
      return secretRoute(method, name, third, segments)
    case 'deletedsecrets':
      return deletedSecretRoute(method, name, third, segments)
    default:
      return notFound
  }
}

function secretRoute(method: string, name: string | undefined, third: string | undefined, segments: string[]): Route {
  if (name === undefined || (name === '' && segments.length === 2)) {
    return method === 'GET' ? operation('SecretList') : methodNotAllowed
  }
  if (third === undefined) {
    switch (method) {
      case 'GET':
        return operation('SecretGet', name)
      case 'PUT':
        return operation('SecretSet', name)
      case 'PATCH':
        return operation('SecretUpdate', name)
      case 'DELETE':
        return operation('SecretDelete', name)
      case 'POST':
        return name === 'restore' ? operation('SecretRestore') : methodNotAllowed
      default:
        return methodNotAllowed
    }
  }
  if (third === 'versions') return method === 'GET' ? operation('SecretListVersions', name) : methodNotAllowed
  if (third === 'backup') return method === 'POST' ? operation('SecretBackup', name) : methodNotAllowed
  if (method === 'GET') return operation('SecretGet', name, third)
  return method === 'PATCH' ? operation('SecretUpdate', name, third) : methodNotAllowed
}

function deletedSecretRoute(
  method: string,
  name: string | undefined,
  third: string | undefined,
  segments: string[],
): Route {
  if (name === undefined || (name === '' && segments.length === 2)) {
    return method === 'GET' ? operation('SecretListDeleted') : methodNotAllowed
  }
  if (third === 'recover') return method === 'POST' ? operation('SecretRecover', name) : methodNotAllowed
  if (third !== undefined) return notFound
  if (method === 'GET') return operation('SecretGetDeleted', name)
  return method === 'DELETE' ? operation('SecretPurge', name) : methodNotAllowed
}

function operation(operation: Operation, name = '', version = ''): Route {
  return { kind: 'operation', operation, name, version }
}

/** An empty segment before a full one does not count: clients have doubled slashes. */
function segmentsOf(path: string): string[] {
  const raw = path.split('/')
  raw.shift()
  if (!path.includes('//') && !path.includes('%')) return raw
  return raw.filter((segment, index) => segment !== '' || !raw[index + 1]).map(decoded)
}

function decoded(segment: string): string {
  if (!segment.includes('%')) return segment
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment // no valid name either way, so the check of names refuses it
  }
}
