import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startVault, type TestVault } from '../src/start-vault.js'
import { type Call, freshName, listAll, vaultCaller } from './wire.js'

let vault: TestVault
let call: Call

beforeAll(async () => {
  vault = await startVault()
  call = vaultCaller(vault)
})
afterAll(() => vault.close())

const times = <T>(count: number, ask: (n: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, n) => ask(n)))

describe('at the same time', () => {
  it('32 sets of one name make 32 versions, of which one is the latest', async () => {
    const name = freshName()
    const sets = await times(32, (n) => call('PUT', `/secrets/${name}?api-version=2025-07-01`, { value: String(n) }))
    expect(sets.map(({ status }) => status)).toEqual(Array(32).fill(200))
    const versions = sets.map(({ version }) => version).toSorted()
    expect(new Set(versions).size).toBe(32)
    const listed = (await listAll(call, `/secrets/${name}/versions`)).map(({ id }) => id.split('/').at(-1))
    expect(listed).toEqual(versions)
    const latest = await call('GET', `/secrets/${name}?api-version=2025-07-01`)
    expect(sets.map(({ text }) => text)).toContain(latest.text)
  })

  it('the versions form one chain, each following the one it replaced (U2)', async () => {
    const name = freshName()
    const sets = await times(32, (n) => call('PUT', `/secrets/${name}?api-version=2025-07-01`, { value: String(n) }))
    const byId = new Map(sets.map(({ bundle }) => [bundle.id, bundle.previousVersion]))
    let at: string | undefined = (await call('GET', `/secrets/${name}`)).bundle.id
    const seen = new Set<string>()
    while (at !== undefined) {
      seen.add(at)
      at = byId.get(at)
    }
    expect(seen.size).toBe(32)
  })

  it('of sets under names that differ in case, one gives the secret its name', async () => {
    const name = freshName('raced')
    const sets = await times(16, (n) => call('PUT', `/secrets/${n % 2 ? name : name.toUpperCase()}`, { value: 'v' }))
    expect(new Set(sets.map(({ bundle }) => bundle.id.split('/').at(-2))).size).toBe(1)
    expect(await listAll(call, `/secrets/${name}/versions`)).toHaveLength(16)
  })

  it('updates of one version all count', async () => {
    const name = freshName()
    await call('PUT', `/secrets/${name}`, { value: 'v' })
    const bodies = [{ contentType: 'c' }, { tags: { a: '1' } }, { attributes: { nbf: 1 } }, { attributes: { exp: 2 } }]
    await times(32, (n) => call('PATCH', `/secrets/${name}/`, bodies[n % 4]))
    expect((await call('GET', `/secrets/${name}`)).bundle).toMatchObject({
      contentType: 'c',
      tags: { a: '1' },
      attributes: { nbf: 1, exp: 2 },
    })
  })

  it('of deletes one succeeds, and of recovers and purges one', async () => {
    const name = freshName()
    await call('PUT', `/secrets/${name}`, { value: 'v' })
    const statuses = (answers: { status: number }[]) => answers.map(({ status }) => status).toSorted()
    const one = (good: number, bad: number) => [good, ...Array<number>(15).fill(bad)].toSorted()
    expect(statuses(await times(16, () => call('DELETE', `/secrets/${name}`)))).toEqual(one(200, 404))
    expect(statuses(await times(16, () => call('POST', `/deletedsecrets/${name}/recover`)))).toEqual(one(200, 404))
    await call('DELETE', `/secrets/${name}`)
    expect(statuses(await times(16, () => call('DELETE', `/deletedsecrets/${name}`)))).toEqual(one(204, 404))
  })

  it('of restores of one backup one succeeds', async () => {
    const name = freshName()
    await call('PUT', `/secrets/${name}`, { value: 'v' })
    const { value } = (await call('POST', `/secrets/${name}/backup`)).bundle
    await call('DELETE', `/secrets/${name}`)
    await call('DELETE', `/deletedsecrets/${name}`)
    const answers = await times(16, () => call('POST', '/secrets/restore', { value }))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, ...Array(15).fill(409)])
    expect(await listAll(call, `/secrets/${name}/versions`)).toHaveLength(1)
  })

  it('set and delete leave the name either live or deleted, never both', async () => {
    for (let round = 0; round < 10; round++) {
      const name = freshName()
      await call('PUT', `/secrets/${name}`, { value: 'v' })
      const [deleted, ...sets] = await Promise.all([
        call('DELETE', `/secrets/${name}`),
        ...Array.from({ length: 8 }, () => call('PUT', `/secrets/${name}`, { value: 'w' })),
      ])
      expect(deleted.status).toBe(200)
      for (const { status } of sets) expect([200, 409]).toContain(status)
      expect((await call('GET', `/secrets/${name}`)).status).toBe(404)
      expect((await call('POST', `/deletedsecrets/${name}/recover`)).status).toBe(200)
      const kept = sets.filter(({ status }) => status === 200).length
      expect(await listAll(call, `/secrets/${name}/versions`)).toHaveLength(1 + kept)
    }
  })
})

it('what was answered is there for whoever asks next', async () => {
  const name = freshName()
  for (let n = 0; n < 100; n++) {
    await call('PUT', `/secrets/${name}`, { value: String(n) })
    expect((await call('GET', `/secrets/${name}`)).bundle.value).toBe(String(n))
  }
})
