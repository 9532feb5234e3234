import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeBackup, encodeBackup, type SecretBackup } from './backup.js'
import type { SecretVersion, TagsJson, VersionId } from './secret.js'
import { SecretValue } from './secret-value.js'

const seconds = fc.integer({ min: 0, max: 253_402_300_799 })
const text = fc.string({ unit: 'binary' }).filter((value) => value.isWellFormed())
const id = fc.stringMatching(/^[0-9a-f]{32}$/) as fc.Arbitrary<VersionId>
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })
const anyVersion = fc.record({
  name: fc.constant('Name-1'),
  id,
  enabled: fc.boolean(),
  notBefore: maybe(seconds),
  expiresOn: maybe(seconds),
  contentType: maybe(text),
  tags: maybe(fc.dictionary(text, text, { minKeys: 1 }).map((tags) => JSON.stringify(tags) as TagsJson)),
  createdOn: seconds,
  updatedOn: seconds,
  previous: maybe(id),
}) satisfies fc.Arbitrary<SecretVersion>

const opened = (backup: SecretBackup | undefined) =>
  backup && { ...backup, versions: backup.versions.map((entry) => ({ ...entry, value: entry.value.reveal() })) }

describe('a backup', () => {
  it('decodes to what was encoded, every version with all it has', () => {
    const versions = fc.array(fc.record({ version: anyVersion, value: text.map((value) => new SecretValue(value)) }), {
      minLength: 1,
    })
    fc.assert(
      fc.property(versions, fc.nat(), (all, pick) => {
        const current = all[pick % all.length]?.version.id as VersionId
        const backup = { name: 'Name-1', current, versions: all }
        expect(opened(decodeBackup(encodeBackup(backup)))).toEqual(opened(backup))
      }),
    )
  })

  const good = {
    format: 'strongroom-secret-backup-1',
    name: 'Name-1',
    current: '0'.repeat(32),
    versions: [{ id: '0'.repeat(32), value: 'v', enabled: true, createdOn: 1, updatedOn: 2 }],
  }
  const decode = (backup: object) => decodeBackup(Buffer.from(JSON.stringify(backup)))

  it('decodes in the form of today', () => {
    expect(opened(decode(good))).toEqual({
      name: 'Name-1',
      current: '0'.repeat(32),
      versions: [
        {
          version: {
            name: 'Name-1',
            id: '0'.repeat(32),
            enabled: true,
            createdOn: 1,
            updatedOn: 2,
            notBefore: undefined,
            expiresOn: undefined,
            contentType: undefined,
            tags: undefined,
            previous: undefined,
          },
          value: 'v',
        },
      ],
    })
  })
  it.each([
    ['of another format', { format: 'strongroom-secret-backup-2' }],
    ['with a name that is none', { name: 'a/b' }],
    ['with a current version that is none', { current: 'latest' }],
    ['without its current version', { current: '1'.repeat(32) }],
    ['without versions', { versions: [] }],
  ])('%s does not decode', (_, changes) => {
    expect(decode({ ...good, ...changes })).toBeUndefined()
  })
})
