import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startVault, type TestVault } from '../src/start-vault.js'
import {
  type Call,
  deletedMessage,
  expectError,
  freshName,
  listAll,
  notFoundMessage,
  resourceOf,
  vaultCaller,
} from './wire.js'

let vault: TestVault
let call: Call & { renew(): void }
/** Unix milliseconds of the server's clock. */
let time = Math.floor(Date.now() / 1000) * 1000
const seconds = () => time / 1000
const day = 86_400

/** Callers of vaults with other settings, on the same server. */
const others: Record<'week' | 'almost' | 'guarded' | 'guarded-week' | 'unguarded', Call & { renew(): void }> =
  {} as never

beforeAll(async () => {
  vault = await startVault({ clock: () => time })
  call = vaultCaller(vault)
  const application = await vault.server.addApplication('of all vaults')
  for (const [name, settings] of Object.entries({
    week: { softDeleteRetentionInDays: 7 },
    almost: { softDeleteRetentionInDays: 89 },
    guarded: { enablePurgeProtection: true },
    'guarded-week': { enablePurgeProtection: true, softDeleteRetentionInDays: 7 },
    unguarded: { softDelete: false },
  })) {
    await vault.server.createVault({ name, ...settings })
    await vault.server.assignRole({ principalId: application.objectId, role: 'Key Vault Administrator', vault: name })
    others[name as keyof typeof others] = vaultCaller(vault, { vault: name, credentials: application })
  }
})
afterAll(() => vault.close())

const urlOf = (name: string) => `https://${name}.${new URL(resourceOf(vault)).host}`

async function deleted(name = freshName(), from = call): Promise<string> {
  await from('PUT', `/secrets/${name}`, { value: 'v' })
  await from('DELETE', `/secrets/${name}`)
  return name
}

describe('a delete', () => {
  it('answers the current version without its value, and where and until when it can be recovered (trap 4)', async () => {
    const name = freshName()
    await call('PUT', `/secrets/${name}`, { value: 'one' })
    const set = await call('PUT', `/secrets/${name}`, {
      value: 'two',
      contentType: 'c',
      tags: { a: '1' },
      attributes: { nbf: 1, exp: 2 },
    })
    time += 5_000
    const { value: _, contentType, id, attributes, tags } = set.bundle
    const answer = await call('DELETE', `/secrets/${name}`)
    expect(answer.status).toBe(200)
    expect(answer.text).toBe(
      `{"recoveryId":"${vault.url}/deletedsecrets/${name}","deletedDate":${seconds()},"scheduledPurgeDate":${seconds() + 90 * day},"contentType":"${contentType}","id":"${id}","attributes":${JSON.stringify(attributes)},"tags":${JSON.stringify(tags)}}`,
    )
    expect((await call('GET', `/deletedsecrets/${name}`)).text).toBe(answer.text)
  })

  it('is done when it is answered: the name is deleted at once', async () => {
    const name = await deleted()
    expect((await call('GET', `/deletedsecrets/${name}`)).status).toBe(200)
    expect((await call('GET', `/secrets/${name}/`)).status).toBe(404)
  })

  it('leaves nothing of the active secret to get, update, back up, list or delete again (U16, U27)', async () => {
    const name = freshName()
    const { version } = await call('PUT', `/secrets/${name}`, { value: 'v' })
    await call('DELETE', `/secrets/${name}`)
    const missing = notFoundMessage(name)
    expectError(await call('GET', `/secrets/${name}`), 404, 'SecretNotFound', missing)
    expectError(await call('PATCH', `/secrets/${name}/`, {}), 404, 'SecretNotFound', missing)
    expectError(await call('POST', `/secrets/${name}/backup`), 404, 'SecretNotFound', missing)
    expectError(await call('DELETE', `/secrets/${name}`), 404, 'SecretNotFound', missing)
    const missingVersion = notFoundMessage(`${name}/${version}`)
    expectError(await call('GET', `/secrets/${name}/${version}`), 404, 'SecretNotFound', missingVersion)
    expectError(await call('PATCH', `/secrets/${name}/${version}`, {}), 404, 'SecretNotFound', missingVersion)
    expect((await call('GET', `/secrets/${name}/versions`)).text).toBe('{"value":[],"nextLink":null}')
    expect((await listAll(call, '/secrets')).map(({ id }) => id)).not.toContain(`${vault.url}/secrets/${name}`)
  })

  it('of an unknown name is 404', async () => {
    expectError(await call('DELETE', '/secrets/unknown'), 404, 'SecretNotFound', notFoundMessage('unknown'))
  })

  it('keeps the name from being set, under any case of it (trap 14, U28)', async () => {
    const name = await deleted(freshName('Kept'))
    for (const other of [name, name.toUpperCase(), name.toLowerCase()]) {
      const answer = await call('PUT', `/secrets/${other}`, { value: 'new' })
      expectError(answer, 409, 'Conflict', deletedMessage(name), 'ObjectIsDeletedButRecoverable')
    }
    await call('POST', `/deletedsecrets/${name}/recover`)
    expect((await call('GET', `/secrets/${name}`)).bundle.value).toBe('v')
  })

  it('shows it in the list of deleted secrets, without a version in its id (trap 8)', async () => {
    const name = freshName()
    await call('PUT', `/secrets/${name}`, { value: 'v' })
    const { id, ...rest } = (await call('DELETE', `/secrets/${name}`)).bundle
    const items = await listAll(call, '/deletedsecrets')
    expect(items.find((item) => item.id === `${vault.url}/secrets/${name}`)).toEqual({
      id: id.slice(0, id.lastIndexOf('/')),
      ...rest,
    })
  })
})

describe('the dates', () => {
  it.each([
    ['week', 7],
    ['almost', 89],
    ['guarded', 90],
  ] as const)('in the vault "%s" are %d days apart, to the second (trap 15)', async (name, days) => {
    const other = others[name]
    await other('PUT', '/secrets/dated', { value: 'v' })
    time += 1_000
    const { deletedDate, scheduledPurgeDate } = (await other('DELETE', '/secrets/dated')).bundle
    expect(deletedDate).toBe(seconds())
    expect(scheduledPurgeDate).toBe(seconds() + days * day)
    time += 3_000
    const again = (await other('GET', '/deletedsecrets/dated')).bundle
    expect([again.deletedDate, again.scheduledPurgeDate]).toEqual([deletedDate, scheduledPurgeDate])
  })
})

describe('the recovery level', () => {
  it.each([
    ['week', 'CustomizedRecoverable+Purgeable', 7, 'Recoverable+Purgeable'],
    ['almost', 'CustomizedRecoverable+Purgeable', 89, 'Recoverable+Purgeable'],
    ['guarded', 'Recoverable', 90, 'Recoverable'],
    ['guarded-week', 'CustomizedRecoverable', 7, 'Recoverable'],
    ['unguarded', 'Purgeable', 0, 'Purgeable'],
  ] as const)('of the vault "%s" is %s for %d days, and %s before 7.1 (U23)', async (name, level, days, before71) => {
    const other = others[name]
    const created = (await other('PUT', '/secrets/leveled', { value: 'v' })).bundle.attributes
    expect(created).toMatchObject({ recoveryLevel: level, recoverableDays: days })
    for (const version of ['2016-10-01', '7.0']) {
      const { attributes } = (await other('GET', `/secrets/leveled?api-version=${version}`)).bundle
      expect(attributes).toEqual({
        enabled: true,
        created: created.created,
        updated: created.updated,
        recoveryLevel: before71,
      })
    }
    const latest = (await other('GET', '/secrets/leveled?api-version=2026-04-01')).bundle.attributes
    expect(latest).toMatchObject({ recoveryLevel: level, recoverableDays: days })
  })
})

describe('a recover', () => {
  it('brings back every version as it was, and answers the current one without value (trap 4)', async () => {
    const name = freshName()
    await call('PUT', `/secrets/${name}`, { value: 'one', tags: { a: '1' } })
    const set = await call('PUT', `/secrets/${name}`, { value: 'two', contentType: 'c', attributes: { exp: 9 } })
    const before = (await call('GET', `/secrets/${name}/versions`)).text
    time += 60_000
    await call('DELETE', `/secrets/${name}`)
    time += 60_000
    const answer = await call('POST', `/deletedsecrets/${name}/recover`)
    expect(answer.status).toBe(200)
    const { value: _, ...bundle } = set.bundle
    expect(answer.bundle).toEqual(bundle)
    expect((await call('GET', `/secrets/${name}/versions`)).text).toBe(before)
    expect((await call('GET', `/secrets/${name}`)).text).toBe(set.text)
    expect((await call('GET', `/deletedsecrets/${name}`)).status).toBe(404)
  })

  it('is done when it is answered: a write at once is not told to wait (U22)', async () => {
    for (let round = 0; round < 20; round++) {
      const name = await deleted()
      expect((await call('POST', `/deletedsecrets/${name}/recover`)).status).toBe(200)
      expect((await call('PUT', `/secrets/${name}`, { value: String(round) })).status).toBe(200)
      expect((await call('PATCH', `/secrets/${name}/`, {})).status).toBe(200)
    }
  })

  it('of an active name is 404 of a deleted secret; of an unknown one, 404 of a secret (U5)', async () => {
    const name = freshName()
    await call('PUT', `/secrets/${name}`, { value: 'v' })
    const active = await call('POST', `/deletedsecrets/${name}/recover`)
    expectError(active, 404, 'SecretNotFound', `Deleted Secret not found: ${name}`)
    const unknown = await call('POST', '/deletedsecrets/unknown/recover')
    expectError(unknown, 404, 'SecretNotFound', notFoundMessage('unknown'))
  })

  it('after a recover the next set goes on from the version that was current (U2)', async () => {
    const name = freshName()
    const { bundle } = await call('PUT', `/secrets/${name}`, { value: 'v' })
    await call('DELETE', `/secrets/${name}`)
    await call('POST', `/deletedsecrets/${name}/recover`)
    const next = await call('PUT', `/secrets/${name}?api-version=2025-07-01`, { value: 'w' })
    expect(next.bundle.previousVersion).toBe(bundle.id)
  })
})

describe('a get of a deleted secret', () => {
  it('is 404 for a name that is not deleted', async () => {
    const name = freshName()
    await call('PUT', `/secrets/${name}`, { value: 'v' })
    for (const other of [name, 'unknown']) {
      const answer = await call('GET', `/deletedsecrets/${other}`)
      expectError(answer, 404, 'SecretNotFound', `Deleted Secret not found: ${other}`)
    }
  })
  it('never shows a value, at any api-version (trap 4)', async () => {
    const name = await deleted()
    for (const version of ['2016-10-01', '7.4', '2026-04-01']) {
      expect((await call('GET', `/deletedsecrets/${name}?api-version=${version}`)).bundle).not.toHaveProperty('value')
    }
  })
})

describe('a purge', () => {
  it('answers 204 and nothing, and frees the name at once (trap 11)', async () => {
    const name = freshName()
    const first = await call('PUT', `/secrets/${name}`, { value: 'old' })
    await call('DELETE', `/secrets/${name}`)
    const answer = await call('DELETE', `/deletedsecrets/${name}`)
    expect([answer.status, answer.text]).toEqual([204, ''])
    expectError(
      await call('GET', `/deletedsecrets/${name}`),
      404,
      'SecretNotFound',
      `Deleted Secret not found: ${name}`,
    )
    const renamed = name.toUpperCase()
    expect((await call('PUT', `/secrets/${renamed}`, { value: 'new' })).bundle.id).toContain(`/secrets/${renamed}/`)
    expect((await call('GET', `/secrets/${name}/${first.version}`)).status).toBe(404)
    expect((await call('GET', `/secrets/${name}/versions`)).list.value).toHaveLength(1)
    const latest = await call('GET', `/secrets/${name}?api-version=2026-04-01`)
    expect(latest.bundle).not.toHaveProperty('previousVersion')
  })

  it('of a name that is not deleted is 404, and the active secret stays (U5)', async () => {
    const name = freshName()
    await call('PUT', `/secrets/${name}`, { value: 'v' })
    for (const other of [name, 'unknown']) {
      const answer = await call('DELETE', `/deletedsecrets/${other}`)
      expectError(answer, 404, 'SecretNotFound', `Deleted Secret not found: ${other}`)
    }
    expect((await call('GET', `/secrets/${name}`)).bundle.value).toBe('v')
  })

  it('is refused under purge protection, without an inner code, and the secret stays (U8)', async () => {
    for (const name of ['guarded', 'guarded-week'] as const) {
      const other = others[name]
      await deleted('protected', other)
      const message = `Operation "purge" is not allowed because purge protection is enabled for this vault. Key Vault service will automatically purge it after the retention period has passed.\r\nVault: ${name}`
      expectError(await other('DELETE', '/deletedsecrets/protected'), 403, 'Forbidden', message)
      expect((await other('POST', '/deletedsecrets/protected/recover')).status).toBe(200)
    }
  })
})

describe('a vault without soft delete', () => {
  it('deletes for good, and says so by an answer without recovery id and dates', async () => {
    const other = others.unguarded
    const set = await other('PUT', '/secrets/final', { value: 'v', tags: { a: '1' } })
    const answer = await other('DELETE', '/secrets/final')
    expect(answer.status).toBe(200)
    expect(answer.text).toBe(
      `{"id":"${urlOf('unguarded')}/secrets/final/${set.version}","attributes":${JSON.stringify(set.bundle.attributes)},"tags":{"a":"1"}}`,
    )
    expect((await other('GET', '/secrets/final')).status).toBe(404)
    const again = await other('PUT', '/secrets/final', { value: 'w' })
    expect(again.status).toBe(200)
    expect((await other('GET', '/secrets/final/versions')).list.value).toHaveLength(1)
  })
  it.each([
    ['DELETE', '/deletedsecrets/final', 'purge'],
    ['GET', '/deletedsecrets/final', 'get deleted'],
    ['GET', '/deletedsecrets', 'list deleted'],
    ['POST', '/deletedsecrets/final/recover', 'recover'],
  ])('knows no deleted secrets: %s %s', async (method, path, operation) => {
    const answer = await others.unguarded(method, path)
    expectError(answer, 400, 'NotSupported', `Operation "${operation}" is not enabled for this vault.`)
  })
})

describe('the end of the retention', () => {
  /** The clock goes on, and tokens end; callers get new ones. */
  const pass = (seconds: number) => {
    time += seconds * 1000
    for (const caller of [call, ...Object.values(others)]) caller.renew()
  }

  it('purges, not a second before, and under purge protection too', async () => {
    await others.week('PUT', '/secrets/due', { value: 'v' })
    await others['guarded-week']('PUT', '/secrets/due', { value: 'v' })
    await call('PUT', '/secrets/not-due', { value: 'v' })
    await vault.server.purgeDue()
    for (const [caller, name] of [
      [others.week, 'due'],
      [others['guarded-week'], 'due'],
      [call, 'not-due'],
    ] as const) {
      expect((await caller('DELETE', `/secrets/${name}`)).status).toBe(200)
    }
    pass(7 * day - 1)
    await vault.server.purgeDue()
    expect((await others.week('GET', '/deletedsecrets/due')).status).toBe(200)
    expect((await others['guarded-week']('GET', '/deletedsecrets/due')).status).toBe(200)
    pass(1)
    expect(await vault.server.purgeDue()).toBeGreaterThanOrEqual(2)
    expect((await others.week('GET', '/deletedsecrets/due')).status).toBe(404)
    expect((await others['guarded-week']('GET', '/deletedsecrets/due')).status).toBe(404)
    expect((await others.week('PUT', '/secrets/due', { value: 'new' })).status).toBe(200)
    expect((await call('GET', '/deletedsecrets/not-due')).status).toBe(200)
    expect(await vault.server.purgeDue()).toBe(0)
  })

  it('does not touch a secret that was recovered in time', async () => {
    await deleted('saved', others.week)
    pass(6 * day)
    await others.week('POST', '/deletedsecrets/saved/recover')
    pass(2 * day)
    await vault.server.purgeDue()
    expect((await others.week('GET', '/secrets/saved')).bundle.value).toBe('v')
  })

  it('purges more secrets than one batch holds', async () => {
    for (let n = 0; n < 230; n++) await deleted(`batch-${n}`, others.week)
    pass(7 * day)
    expect(await vault.server.purgeDue()).toBeGreaterThanOrEqual(230)
    expect((await others.week('GET', '/deletedsecrets')).text).toBe('{"value":[],"nextLink":null}')
  })

  it('is seen to by the server itself', async () => {
    const name = await deleted('by-itself', others.week)
    pass(7 * day)
    await expect
      .poll(async () => (await others.week('GET', `/deletedsecrets/${name}`)).status, {
        timeout: 25_000,
        interval: 200,
      })
      .toBe(404)
  })
})
