import { afterEach, expect, it } from 'vitest'
import { httpHeaders } from '../http/headers.js'
import { httpResponse } from '../http/message.js'
import { logger } from '../logger.js'
import { SecretClient } from '../secret-client.js'
import { loggedHeaders, loggedUrl } from './log.js'

const levels = [logger.error, logger.warning, logger.info, logger.verbose]
const written = levels.map(({ log, enabled }) => ({ log, enabled }))

afterEach(() => {
  levels.forEach((level, index) => {
    Object.assign(level, written[index])
  })
})

it('shows of URL and headers what is known to be harmless', () => {
  expect(loggedUrl('https://v.test/secrets?api-version=7.6&$skiptoken=abc')).toBe(
    'https://v.test/secrets?api-version=7.6&$skiptoken=REDACTED',
  )
  expect(
    loggedHeaders(httpHeaders({ Authorization: 'Bearer t', 'Content-Type': 'text/plain', 'x-mine': '1' })),
  ).toEqual({
    authorization: 'REDACTED',
    'content-type': 'text/plain',
    'x-mine': 'REDACTED',
  })
})

it('writes no token and no value at any level', async () => {
  const lines: string[] = []
  for (const level of levels) {
    level.enabled = true
    level.log = (...args) => lines.push(JSON.stringify(args))
  }
  const client = new SecretClient(
    'https://dev.vault.test',
    { getToken: async () => ({ token: 'the-token', expiresOnTimestamp: Date.now() + 1e7 }) },
    {
      httpClient: async ({ headers }) =>
        headers.has('authorization')
          ? httpResponse(
              200,
              httpHeaders(),
              '{"id":"https://dev.vault.test/secrets/a/1","value":"the-value","attributes":{}}',
            )
          : httpResponse(
              401,
              httpHeaders({
                'www-authenticate': 'Bearer authorization="https://l.test/t", resource="https://vault.test"',
              }),
              '',
            ),
    },
  )
  await client.setSecret('a', 'the-value')
  expect(lines).toHaveLength(4)
  expect(lines.join('\n')).toContain('PUT https://dev.vault.test/secrets/a')
  expect(lines.join('\n')).not.toMatch(/the-token|the-value/)
})
