import { type Answer, type Client, versioned } from './client.ts'
import { secretName, valueLength } from './filled-folder.ts'
import type { FixedAnswer } from './processes.ts'
import type { Requests } from './slice.ts'

/** One side of a comparison. */
export interface Side {
  /** The bare server repeats this answer; without one it is the vault that is asked. */
  readonly bare?: FixedAnswer
  readonly requests: Requests
  readonly connections: 1 | 64
  /** With 64 connections whoever answers from memory is never idle. A set waits for the disk, a single client for the wire. */
  readonly saturates: boolean
  /** Every answer is a refusal, as it should be. */
  readonly refused?: boolean
}

/** Two sides measured in turn. */
export interface Row {
  readonly name: RowName
  readonly what: string
  readonly subject: Side
  readonly baseline: Side
  /** Whether the ratio is of requests per second, or of the server's CPU time per request. */
  readonly ratioOf: 'rate' | 'cpu'
}

export const rowNames = ['get64', 'get1', 'set64', 'set1', 'setGrouping', 'list', 'pageDepth', 'auth'] as const
export type RowName = (typeof rowNames)[number]

/** Asks for one answer of each kind, looks whether it is right, and makes the rows of it. */
export async function prepareRows(client: Client, secrets: number, wanted: ReadonlySet<string>): Promise<Row[]> {
  const get = await checkedGet(client)
  await checkedSet(client)
  const bare = (answer: Answer, requests: Requests, connections: 1 | 64 = 64): Side => ({
    bare: fixedAnswer(answer),
    requests,
    connections,
    saturates: connections === 64,
  })
  const getFrom = (connections: 1 | 64): Side => ({
    requests: { kind: 'get' },
    connections,
    saturates: connections === 64,
  })
  const setFrom = (connections: 1 | 64): Side => ({ requests: { kind: 'set' }, connections, saturates: false })

  const rows: Record<RowName, () => Row | Promise<Row>> = {
    get64: () => ({
      name: 'get64',
      what: 'get, 64 in flight / bare',
      subject: getFrom(64),
      baseline: bare(get, { kind: 'get' }),
      ratioOf: 'rate',
    }),
    get1: () => ({
      name: 'get1',
      what: 'get, 1 in flight / bare',
      subject: getFrom(1),
      baseline: bare(get, { kind: 'get' }, 1),
      ratioOf: 'rate',
    }),
    set64: () => ({
      name: 'set64',
      what: 'durable set, 64 in flight / bare get',
      subject: setFrom(64),
      baseline: bare(get, { kind: 'get' }),
      ratioOf: 'rate',
    }),
    set1: () => ({
      name: 'set1',
      what: 'durable set, 1 in flight / bare get',
      subject: setFrom(1),
      baseline: bare(get, { kind: 'get' }, 1),
      ratioOf: 'rate',
    }),
    setGrouping: () => ({
      name: 'setGrouping',
      what: 'durable set, 64 in flight / 1 in flight',
      subject: setFrom(64),
      baseline: setFrom(1),
      ratioOf: 'rate',
    }),
    list: async () => {
      const first = await checkedPage(client, versioned('/secrets'))
      return {
        name: 'list',
        what: 'first page of the list / bare',
        subject: { requests: first.requests, connections: 64, saturates: true },
        baseline: bare(first.answer, first.requests),
        ratioOf: 'rate',
      }
    },
    pageDepth: async () => {
      const first = await checkedPage(client, versioned('/secrets'))
      const last = await lastPage(client, secrets)
      return {
        name: 'pageDepth',
        what: `page ${secrets / 25} of the list / first page, CPU`,
        subject: { requests: last.requests, connections: 64, saturates: true },
        baseline: { requests: first.requests, connections: 64, saturates: true },
        ratioOf: 'cpu',
      }
    },
    auth: async () => {
      // Refused by the routes, so past TLS, host, token and api-version, and short of the store.
      const target = versioned(`/secrets/${secretName(1)}/versions`)
      const answer = await client.call('DELETE', target)
      expectStatus(answer, 405)
      const requests: Requests = { kind: 'fixed', method: 'DELETE', target }
      return {
        name: 'auth',
        what: 'token and route, nothing else / bare, CPU',
        subject: { requests, connections: 64, saturates: true, refused: true },
        baseline: { ...bare(answer, requests), refused: true },
        ratioOf: 'cpu',
      }
    },
  }
  const prepared: Row[] = []
  for (const name of rowNames) if (wanted.has(name)) prepared.push(await rows[name]())
  return prepared
}

/** A vault answered what it must not. */
export class WrongAnswer extends Error {
  override readonly name = 'WrongAnswer'
}

async function checkedGet(client: Client): Promise<Answer> {
  const answer = await client.call('GET', `/secrets/${secretName(1)}`)
  expectStatus(answer, 200)
  const { value } = JSON.parse(answer.body)
  if (value?.length !== valueLength) throw new WrongAnswer('a get did not return the value that was set')
  return answer
}

async function checkedSet(client: Client): Promise<void> {
  const value = 'w'.repeat(valueLength)
  expectStatus(await client.call('PUT', `/secrets/${secretName(1)}`, { value }), 200)
  const after = await client.call('GET', `/secrets/${secretName(1)}`)
  if (JSON.parse(after.body).value !== value) throw new WrongAnswer('a get did not return the value that was just set')
}

interface CheckedPage {
  readonly requests: Requests
  readonly answer: Answer
  readonly nextLink: string | null
}

async function checkedPage(client: Client, target: string): Promise<CheckedPage> {
  const answer = await client.call('GET', target)
  expectStatus(answer, 200)
  const { value, nextLink } = JSON.parse(answer.body)
  if (value.length !== 25) throw new WrongAnswer(`a page of the list holds ${value.length} secrets, not 25`)
  return { requests: { kind: 'fixed', method: 'GET', target }, answer, nextLink }
}

/** Follows `nextLink` to the end, as a client does: nobody else knows where a page begins. */
async function lastPage(client: Client, secrets: number): Promise<CheckedPage> {
  let page = await checkedPage(client, versioned('/secrets'))
  let pages = 1
  while (page.nextLink !== null) {
    const { pathname, search } = new URL(page.nextLink)
    page = await checkedPage(client, pathname + search)
    pages++
  }
  if (pages !== secrets / 25) throw new WrongAnswer(`the list has ${pages} pages of 25, not ${secrets / 25}`)
  return page
}

function expectStatus(answer: Answer, status: number): void {
  if (answer.status !== status) {
    throw new WrongAnswer(`answered with ${answer.status} instead of ${status}: ${answer.body.slice(0, 300)}`)
  }
}

/** The headers that Node writes by itself are left to it. */
function fixedAnswer({ status, rawHeaders, body }: Answer): FixedAnswer {
  const own = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding'])
  const headers = rawHeaders.filter((_, index) => !own.has((rawHeaders[index - (index % 2)] as string).toLowerCase()))
  return { status, headers, body }
}
