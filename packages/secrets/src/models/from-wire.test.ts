import { describe, expect, it } from 'vitest'
import { deletedSecretFromBundle, MalformedAnswer, propertiesOf, secretFromBundle } from './from-wire.js'

describe('the model of a bundle', () => {
  const id = 'https://dev.vault.test:8443/secrets/db/0123456789abcdef0123456789abcdef'

  it('has dates as dates, before 1970 and after 2038 too, and none where there is none', () => {
    const properties = propertiesOf({ id, attributes: { nbf: 0, exp: 253_402_300_799, created: -769_665 } })
    expect(properties.notBefore).toEqual(new Date(0))
    expect(properties.expiresOn).toEqual(new Date('9999-12-31T23:59:59Z'))
    expect(properties.createdOn).toEqual(new Date(-769_665_000))
    expect(properties).not.toHaveProperty('updatedOn')
  })

  it('has the official names', () => {
    const secret = secretFromBundle({
      id,
      value: 'v',
      contentType: 'x',
      managed: true,
      kid: 'https://k',
      previousVersion: 'https://p',
      attributes: { enabled: true, recoveryLevel: 'Recoverable', recoverableDays: 90 },
      tags: { a: '1' },
    })
    expect(secret).toMatchObject({ name: 'db', id, value: 'v' })
    expect(secret.properties).toEqual({
      id,
      name: 'db',
      version: '0123456789abcdef0123456789abcdef',
      vaultUrl: 'https://dev.vault.test:8443',
      contentType: 'x',
      managed: true,
      certificateKeyId: 'https://k',
      previousVersion: 'https://p',
      enabled: true,
      recoveryLevel: 'Recoverable',
      recoverableDays: 90,
      tags: { a: '1' },
    })
  })

  it('repeats the facts of a deletion where older callers look for them', () => {
    const deleted = deletedSecretFromBundle({
      id,
      recoveryId: 'r',
      deletedDate: 1,
      scheduledPurgeDate: 2,
      attributes: {},
    })
    const facts = { recoveryId: 'r', deletedOn: new Date(1000), scheduledPurgeDate: new Date(2000) }
    expect(deleted).toMatchObject({ name: 'db', id, ...facts })
    expect(deleted.properties).toMatchObject(facts)
  })

  it('needs an id', () => {
    for (const body of [{}, { id: 1 }, { id: 'https://v.test/keys/k' }, null]) {
      expect(() => propertiesOf(body as never)).toThrow(MalformedAnswer)
    }
  })
})
