import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { routeOf } from './route.js'

const version = '0123456789abcdef0123456789abcdef'
const operation = (operation: string, name = '', version = '') => ({ kind: 'operation', operation, name, version })
const notAllowed = { kind: 'methodNotAllowed' }
const notFound = { kind: 'notFound' }

describe('an operation', () => {
  it.each([
    ['GET', '/secrets', operation('SecretList')],
    ['PUT', '/secrets/a', operation('SecretSet', 'a')],
    ['GET', '/secrets/a', operation('SecretGet', 'a')],
    ['GET', `/secrets/a/${version}`, operation('SecretGet', 'a', version)],
    ['PATCH', '/secrets/a', operation('SecretUpdate', 'a')],
    ['PATCH', `/secrets/a/${version}`, operation('SecretUpdate', 'a', version)],
    ['DELETE', '/secrets/a', operation('SecretDelete', 'a')],
    ['GET', '/secrets/a/versions', operation('SecretListVersions', 'a')],
    ['POST', '/secrets/a/backup', operation('SecretBackup', 'a')],
    ['POST', '/secrets/restore', operation('SecretRestore')],
    ['GET', '/deletedsecrets', operation('SecretListDeleted')],
    ['GET', '/deletedsecrets/a', operation('SecretGetDeleted', 'a')],
    ['POST', '/deletedsecrets/a/recover', operation('SecretRecover', 'a')],
    ['DELETE', '/deletedsecrets/a', operation('SecretPurge', 'a')],
  ])('is %s %s, with a slash at the end too', (method, path, route) => {
    expect(routeOf(method, path)).toEqual(route)
    expect(routeOf(method, `${path}/`)).toEqual(route)
  })

  it.each(['PUT', 'GET', 'PATCH', 'DELETE'])(
    'of the secret named restore is not the restore of a backup: %s',
    (method) => {
      expect(routeOf(method, '/secrets/restore')).toMatchObject({ kind: 'operation', name: 'restore' })
    },
  )

  it.each(['versions', 'backup', 'recover'])('takes %s as a name where a name stands', (name) => {
    expect(routeOf('PUT', `/secrets/${name}`)).toEqual(operation('SecretSet', name))
    expect(routeOf('GET', `/deletedsecrets/${name}`)).toEqual(operation('SecretGetDeleted', name))
  })

  it('is found whatever the case of the collection, and keeps that of the name', () => {
    expect(routeOf('GET', '/SECRETS/aB')).toEqual(operation('SecretGet', 'aB'))
    expect(routeOf('GET', '/DeletedSecrets/aB')).toEqual(operation('SecretGetDeleted', 'aB'))
  })
})

describe('a slash too many', () => {
  it.each([
    ['GET', '//secrets/a', operation('SecretGet', 'a')],
    ['PUT', '//secrets//a', operation('SecretSet', 'a')],
    ['GET', `/secrets//a//${version}`, operation('SecretGet', 'a', version)],
    ['GET', '//deletedsecrets', operation('SecretListDeleted')],
    ['POST', '//secrets//restore', operation('SecretRestore')],
  ])('before a segment does not count: %s %s', (method, path, route) => {
    expect(routeOf(method, path)).toEqual(route)
  })
  it('at the end is an empty name: listed by GET, refused elsewhere', () => {
    expect(routeOf('GET', '/secrets/')).toEqual(operation('SecretList'))
    expect(routeOf('GET', '/deletedsecrets/')).toEqual(operation('SecretListDeleted'))
    for (const method of ['PUT', 'PATCH', 'DELETE', 'POST']) expect(routeOf(method, '/secrets/')).toEqual(notAllowed)
    expect(routeOf('DELETE', '/deletedsecrets/')).toEqual(notAllowed)
  })
  it('and one more is an empty name that no check of names lets through', () => {
    expect(routeOf('GET', '/secrets//')).toEqual(operation('SecretGet', ''))
    expect(routeOf('GET', '/deletedsecrets//')).toEqual(operation('SecretGetDeleted', ''))
  })
})

describe('a method that the path does not serve', () => {
  it.each([
    ['POST', '/secrets'],
    ['PUT', '/secrets'],
    ['POST', '/secrets/a'],
    ['PUT', `/secrets/a/${version}`],
    ['DELETE', `/secrets/a/${version}`],
    ['POST', '/secrets/a/versions'],
    ['GET', '/deletedsecrets/a/recover'],
    ['PUT', '/deletedsecrets/a'],
    ['PATCH', '/deletedsecrets/a'],
    ['POST', '/deletedsecrets'],
    ['HEAD', '/secrets/a'],
    ['OPTIONS', '/secrets/a'],
    ['TRACE', '/secrets'],
  ])('is not allowed: %s %s', (method, path) => {
    expect(routeOf(method, path)).toEqual(notAllowed)
  })
  it('is backup by anything but POST, which hides a version so spelled', () => {
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE']) {
      expect(routeOf(method, '/secrets/a/backup')).toEqual(notAllowed)
    }
  })
})

describe('a path that is no operation', () => {
  it.each([
    '/',
    '',
    '/keys',
    '/keys/a',
    '/certificates/a',
    '/secretsx',
    '/secret/a',
    '/vaults/x/secrets/a',
    `/secrets/a/${version}/x`,
    '/secrets/a/versions/x',
    '/deletedsecrets/a/x',
    '/deletedsecrets/a/recover/x',
    '/a/b/c/d/e/f',
    '/%',
  ])('%j is not found', (path) => {
    for (const method of ['GET', 'PUT', 'DELETE', 'POST', 'PATCH']) expect(routeOf(method, path)).toEqual(notFound)
  })
})

describe('a name in the path', () => {
  it('is decoded once', () => {
    expect(routeOf('GET', '/secrets/a%20b%2Fc')).toEqual(operation('SecretGet', 'a b/c'))
    expect(routeOf('GET', '/secrets/%2561')).toEqual(operation('SecretGet', '%61'))
    expect(routeOf('GET', '/s%65crets/%61')).toEqual(operation('SecretGet', 'a'))
  })
  it('that cannot be decoded stays as it is', () => {
    expect(routeOf('GET', '/secrets/%zz')).toEqual(operation('SecretGet', '%zz'))
    expect(routeOf('GET', '/secrets/%ff')).toEqual(operation('SecretGet', '%ff'))
  })
  it('comes out as it went in, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (name) => {
        fc.pre(name.isWellFormed() && name !== 'restore')
        expect(routeOf('PUT', `/secrets/${encodeURIComponent(name)}`)).toEqual(operation('SecretSet', name))
      }),
    )
  })
  it('and any path whatever gets an answer', () => {
    const segment = fc.oneof(
      fc.constantFrom('secrets', 'deletedsecrets', '', 'restore', 'a', '%', 'versions'),
      fc.string(),
    )
    fc.assert(
      fc.property(fc.constantFrom('GET', 'PUT', 'POST', 'PATCH', 'DELETE'), fc.array(segment), (method, segments) => {
        expect(['operation', 'notFound', 'methodNotAllowed']).toContain(routeOf(method, `/${segments.join('/')}`).kind)
      }),
    )
  })
})
