import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startVault, type TestVault } from '../src/start-vault.js'
import { type Answer, type Call, dialogue, expectError, freshName, tokenFor, vaultCaller } from './wire.js'

let vault: TestVault
let call: Call
let folder: string
let log: string[]

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'strongroom-faults-'))
  vault = await startVault({ folder, log: (line) => log.push(line) })
  call = vaultCaller(vault)
})
beforeEach(() => {
  log = []
})
afterAll(async () => {
  await vault.close()
  rmSync(folder, { recursive: true })
})

/** Changes the stored data behind the server's back. */
function tamper(sql: string, ...values: unknown[]): void {
  const database = new Database(join(folder, 'strongroom.db'))
  expect(database.prepare(sql).run(...values).changes).toBe(1)
  database.close()
}

function expectFault(answer: Answer): void {
  const id = answer.headers['x-ms-request-id'] as string
  const message = `The vault met a fault. Its log has more under request id ${id}.`
  expectError(answer, 500, 'InternalError', message)
  expect(log.filter((line) => line.includes(id))).toHaveLength(1)
}

describe('a stored value', () => {
  const setTwo = async () => {
    const names = [freshName(), freshName()] as const
    for (const name of names) await call('PUT', `/secrets/${name}`, { value: `the value of ${name}` })
    return names
  }
  const keyOf = (name: string) => name.toUpperCase()

  it('that was put in the place of another is shown to nobody, and the log says why', async () => {
    const [one, other] = await setTwo()
    tamper(
      'update version set value = (select value from version where name_key = ?) where name_key = ?',
      keyOf(other),
      keyOf(one),
    )
    const answer = await call('GET', `/secrets/${one}`)
    expectFault(answer)
    expect(log[0]).toContain(`the stored value of ${keyOf(one)}/`)
    expect(log.join() + answer.text).not.toContain('the value of')
    expectFault(await call('POST', `/secrets/${one}/backup`))
    expect((await call('GET', `/secrets/${other}`)).bundle.value).toBe(`the value of ${other}`)
  })

  it('that was put back from an older version is shown to nobody', async () => {
    const name = freshName()
    const { version } = await call('PUT', `/secrets/${name}`, { value: 'old' })
    const latest = await call('PUT', `/secrets/${name}`, { value: 'new' })
    tamper('update version set value = (select value from version where id = ?) where id = ?', version, latest.version)
    expectFault(await call('GET', `/secrets/${name}`))
    expect((await call('GET', `/secrets/${name}/${version}`)).bundle.value).toBe('old')
  })

  it('that was cut or emptied is shown to nobody, and a new version is good', async () => {
    for (const damage of ["x''", 'substr(value, 1, length(value) - 1)', 'zeroblob(length(value))']) {
      const name = freshName()
      await call('PUT', `/secrets/${name}`, { value: 'v' })
      tamper(`update version set value = ${damage} where name_key = ?`, keyOf(name))
      expectFault(await call('GET', `/secrets/${name}`))
      expect((await call('GET', `/secrets/${name}/versions`)).list.value).toHaveLength(1)
      await call('PUT', `/secrets/${name}`, { value: 'w' })
      expect((await call('GET', `/secrets/${name}`)).bundle.value).toBe('w')
    }
  })
})

describe('a client that hangs up', () => {
  it('in the middle of a body has set nothing, and is no fault of the server', async () => {
    const name = freshName()
    const connection = await dialogue(vault)
    connection.say(
      `PUT /secrets/${name}?api-version=7.4 HTTP/1.1`,
      `Host: ${new URL(vault.url).host}`,
      `Authorization: Bearer ${await tokenFor(vault)}`,
      'Expect: 100-continue',
      'Content-Length: 1000',
      '',
    )
    await connection.hear(/100 Continue/)
    connection.say('{"value":"half')
    connection.close()
    for (let n = 0; n < 20; n++) expect((await call('GET', `/secrets/${name}`)).status).toBe(404)
    expect(log).toEqual([])
  })
})

describe('a refusal', () => {
  it('is no fault: nothing is logged of it', async () => {
    await call('GET', '/secrets/unknown')
    await call('PUT', '/secrets/unknown', '{')
    await call('PUT', '/secrets/a_b', { value: 'v' })
    await call('POST', '/secrets/restore', { value: 'AAAA' })
    await call('GET', '/nothing')
    expect(log).toEqual([])
  })
})
