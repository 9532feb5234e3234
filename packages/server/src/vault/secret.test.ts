import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  parseSecretName,
  parseVersionId,
  type SecretChanges,
  type SecretVersion,
  type TagsJson,
  type VersionId,
  withChanges,
} from './secret.js'
import { VaultError } from './vault-error.js'

describe('a secret name', () => {
  it.each(['a', '0', '-', 'A-b-9', 'x'.repeat(127)])('may be %s', (text) => {
    expect(parseSecretName(text)).toEqual({ text, key: text.toUpperCase() })
  })
  it.each(['', 'x'.repeat(128), 'a_b', 'a b', 'a/b', 'a.b', 'ä', 'a\n', '\na', 'ſ', 'a\0', '𝄞'])(
    'may not be %j',
    (text) => {
      expect(() => parseSecretName(text)).toThrow(VaultError)
      expect(() => parseSecretName(text)).toThrow(`The request URI contains an invalid name: ${text}`)
    },
  )
  it('is one name in any case', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9a-zA-Z-]{1,127}$/), (text) => {
        const { key } = parseSecretName(text)
        expect(parseSecretName(text.toLowerCase()).key).toBe(key)
        expect(parseSecretName(text.toUpperCase()).key).toBe(key)
      }),
    )
  })
})

describe('a version id', () => {
  it('is 32 hexadecimal digits, in either case', () => {
    expect(parseVersionId('0123456789abcdefABCDEF0123456789')).toBe('0123456789abcdefabcdef0123456789')
  })
  it.each(['', '0', '0'.repeat(31), '0'.repeat(33), `${'0'.repeat(31)}g`, `${'0'.repeat(32)}\n`])(
    'is not %j',
    (text) => {
      expect(parseVersionId(text)).toBeUndefined()
    },
  )
})

describe('a version with changes', () => {
  const version: SecretVersion = {
    name: 'name',
    id: '0'.repeat(32) as VersionId,
    enabled: true,
    notBefore: 1,
    expiresOn: 2,
    contentType: 'c',
    tags: '{"a":"1"}' as TagsJson,
    createdOn: 3,
    updatedOn: 4,
    previous: '1'.repeat(32) as VersionId,
  }
  it('is the same but for the time, where nothing changes', () => {
    expect(withChanges(version, {}, 9)).toEqual({ ...version, updatedOn: 9 })
  })
  it('takes what is given, keeps what is absent, and clears what is null', () => {
    const tags = '{"b":"2"}' as TagsJson
    expect(withChanges(version, { enabled: false, tags }, 9)).toEqual({
      ...version,
      enabled: false,
      tags,
      updatedOn: 9,
    })
    expect(withChanges(version, { notBefore: null, expiresOn: null, contentType: null, tags: null }, 9)).toEqual({
      ...version,
      notBefore: undefined,
      expiresOn: undefined,
      contentType: undefined,
      tags: undefined,
      updatedOn: 9,
    })
  })
  it('takes the date zero as a date', () => {
    expect(withChanges(version, { notBefore: 0, expiresOn: 0 }, 9)).toMatchObject({ notBefore: 0, expiresOn: 0 })
  })
  it('keeps name, id, creation and previous version, whatever changes', () => {
    const changes: fc.Arbitrary<SecretChanges> = fc.record(
      {
        enabled: fc.boolean(),
        notBefore: fc.option(fc.nat()),
        expiresOn: fc.option(fc.nat()),
        contentType: fc.option(fc.string()),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(changes, (change) => {
        const { name, id, createdOn, previous } = withChanges(version, change, 9)
        expect({ name, id, createdOn, previous }).toEqual({
          name: version.name,
          id: version.id,
          createdOn: version.createdOn,
          previous: version.previous,
        })
      }),
    )
  })
})
