import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DeletedSecret, SecretVersion, TagsJson, VersionId } from '../vault/secret.js'
import { SecretValue } from '../vault/secret-value.js'
import type { VaultSettings } from '../vault/vault-settings.js'
import {
  type BodyContext,
  deletedBundle,
  deletedItem,
  listResult,
  secretBundle,
  secretItem,
  versionItem,
} from './secret-bodies.js'

const origin = 'https://dev.vault.localhost:8443'
const settings: VaultSettings = {
  name: 'dev',
  softDelete: true,
  softDeleteRetentionInDays: 90,
  enablePurgeProtection: false,
}
const all = { recoverableDays: true, previousVersion: true, outContentType: true }
const none = { recoverableDays: false, previousVersion: false, outContentType: false }
const context = (vault: Partial<VaultSettings> = {}, features = all): BodyContext => ({
  vault: { ...settings, ...vault },
  origin,
  features,
})
const bare: SecretVersion = {
  name: 'Name-1',
  id: '0'.repeat(32) as VersionId,
  enabled: true,
  notBefore: undefined,
  expiresOn: undefined,
  contentType: undefined,
  tags: undefined,
  createdOn: 1,
  updatedOn: 2,
  previous: undefined,
}

const seconds = fc.integer({ min: 0, max: 253_402_300_799 })
const text = fc.string({ unit: 'binary' }).filter((value) => value.isWellFormed())
const id = fc.stringMatching(/^[0-9a-f]{32}$/) as fc.Arbitrary<VersionId>
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })
const anyVersion: fc.Arbitrary<SecretVersion> = fc.record({
  name: fc.stringMatching(/^[0-9a-zA-Z-]{1,127}$/),
  id,
  enabled: fc.boolean(),
  notBefore: maybe(seconds),
  expiresOn: maybe(seconds),
  contentType: maybe(text),
  tags: maybe(fc.dictionary(text, text, { minKeys: 1 }).map((tags) => JSON.stringify(tags) as TagsJson)),
  createdOn: seconds,
  updatedOn: seconds,
  previous: maybe(id),
})
const anyValue = text.map((value) => new SecretValue(value))

/** What the members say, with the absent ones left out as JSON leaves them out. */
const expected = (version: SecretVersion, withId: boolean) =>
  JSON.parse(
    JSON.stringify({
      contentType: version.contentType,
      id: `${origin}/secrets/${version.name}${withId ? `/${version.id}` : ''}`,
      attributes: {
        enabled: version.enabled,
        nbf: version.notBefore,
        exp: version.expiresOn,
        created: version.createdOn,
        updated: version.updatedOn,
        recoveryLevel: 'Recoverable+Purgeable',
        recoverableDays: 90,
      },
      tags: version.tags === undefined ? undefined : JSON.parse(version.tags),
    }),
  )
const previous = ({ name, previous }: SecretVersion) =>
  previous === undefined ? {} : { previousVersion: `${origin}/secrets/${name}/${previous}` }

describe('a body', () => {
  it('is JSON that says what the secret says, whatever that is', () => {
    fc.assert(
      fc.property(anyVersion, anyValue, seconds, (version, value, deletedOn) => {
        const deleted: DeletedSecret = { ...version, deletedOn, scheduledPurgeOn: deletedOn + 1 }
        const deletion = {
          recoveryId: `${origin}/deletedsecrets/${version.name}`,
          deletedDate: deletedOn,
          scheduledPurgeDate: deletedOn + 1,
        }
        const bundle = { ...expected(version, true), ...previous(version) }
        expect(JSON.parse(secretBundle(context(), version, value))).toEqual({ value: value.reveal(), ...bundle })
        expect(JSON.parse(secretBundle(context(), version))).toEqual(bundle)
        expect(JSON.parse(deletedBundle(context(), deleted))).toEqual({ ...deletion, ...bundle })
        expect(JSON.parse(deletedBundle(context(), version))).toEqual(bundle)
        expect(JSON.parse(secretItem(context(), version))).toEqual(expected(version, false))
        expect(JSON.parse(versionItem(context(), version))).toEqual(expected(version, true))
        expect(JSON.parse(deletedItem(context(), deleted))).toEqual({ ...deletion, ...expected(version, false) })
      }),
    )
  })

  it('has its members in the order of the service', () => {
    const secret = {
      ...bare,
      contentType: 'c',
      tags: '{"a":"1"}' as TagsJson,
      notBefore: 3,
      expiresOn: 4,
      previous: '1'.repeat(32) as VersionId,
    }
    expect(secretBundle(context(), secret, new SecretValue('v'))).toBe(
      `{"value":"v","contentType":"c","id":"${origin}/secrets/Name-1/${bare.id}","attributes":{"enabled":true,"nbf":3,"exp":4,"created":1,"updated":2,"recoveryLevel":"Recoverable+Purgeable","recoverableDays":90},"tags":{"a":"1"},"previousVersion":"${origin}/secrets/Name-1/${secret.previous}"}`,
    )
  })

  it('shows only what the api-version knows', () => {
    const version = { ...bare, previous: '1'.repeat(32) as VersionId }
    expect(secretBundle(context({ softDeleteRetentionInDays: 7 }, none), version)).toBe(
      `{"id":"${origin}/secrets/Name-1/${bare.id}","attributes":{"enabled":true,"created":1,"updated":2,"recoveryLevel":"Recoverable+Purgeable"}}`,
    )
  })

  it.each<[Partial<VaultSettings>, string, number, string]>([
    [{}, 'Recoverable+Purgeable', 90, 'Recoverable+Purgeable'],
    [{ enablePurgeProtection: true }, 'Recoverable', 90, 'Recoverable'],
    [{ softDeleteRetentionInDays: 7 }, 'CustomizedRecoverable+Purgeable', 7, 'Recoverable+Purgeable'],
    [{ softDeleteRetentionInDays: 89, enablePurgeProtection: true }, 'CustomizedRecoverable', 89, 'Recoverable'],
    [{ softDelete: false }, 'Purgeable', 0, 'Purgeable'],
  ])('of a vault with %o has the level %s', (vault, recoveryLevel, recoverableDays, before71) => {
    const now = JSON.parse(secretBundle(context(vault), bare)).attributes
    expect(now).toEqual({ enabled: true, created: 1, updated: 2, recoveryLevel, recoverableDays })
    const old = JSON.parse(secretBundle(context(vault, none), bare)).attributes
    expect(old).toEqual({ enabled: true, created: 1, updated: 2, recoveryLevel: before71 })
  })
})

it('a list result holds its items, and a null where it ends', () => {
  expect(listResult([], undefined)).toBe('{"value":[],"nextLink":null}')
  expect(listResult(['{"a":1}', '{"b":2}'], 'https://x/?$skiptoken=a"b')).toBe(
    '{"value":[{"a":1},{"b":2}],"nextLink":"https://x/?$skiptoken=a\\"b"}',
  )
})
