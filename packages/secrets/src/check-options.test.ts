import { describe, expect, it } from 'vitest'
import { SecretClient, type SecretClientOptions } from './index.js'

const credential = { getToken: async () => null }
const url = 'https://dev.vault.test'

describe('options', () => {
  it('may be all that the official client has', () => {
    const options: SecretClientOptions = {
      serviceVersion: '7.6',
      disableChallengeResourceVerification: true,
      allowInsecureConnection: false,
      httpClient: { sendRequest: async () => expect.fail() },
      additionalPolicies: [],
      keepAliveOptions: { enable: true },
      redirectOptions: { handleRedirects: true, maxRetries: 1, allowCrossOriginRedirects: false },
      retryOptions: { maxRetries: 1, retryDelayInMs: 1, maxRetryDelayInMs: 1 },
      tlsOptions: { ca: 'pem', cert: 'pem', key: 'pem', passphrase: 'x', pfx: 'x' },
      userAgentOptions: { userAgentPrefix: 'mine' },
      telemetryOptions: { clientRequestIdHeaderName: 'x-id' },
    }
    expect(new SecretClient(url, credential, options).apiVersion).toBe('7.6')
  })

  it('that nobody knows are refused, with the one that was probably meant', async () => {
    expect(() => new SecretClient(url, credential, { retry: {} } as never)).toThrow('did you mean "retryOptions"?')
    expect(() => new SecretClient(url, credential, { tlsOptions: { rejectUnauthorized: false } as never })).toThrow(
      TypeError,
    )
    const client = new SecretClient(url, credential)
    await expect(client.setSecret('a', 'b', { expires: new Date() } as never)).rejects.toThrow(/"expires".*"expiresOn"/)
    await expect(client.getSecret('a', { Version: '1' } as never)).rejects.toThrow('did you mean "version"?')
    await expect(client.listPropertiesOfSecrets({ pageSize: 1 } as never).next()).rejects.toThrow(TypeError)
    await expect(client.beginDeleteSecret('a', { interval: 1 } as never)).rejects.toThrow('intervalInMs')
    await expect(client.purgeDeletedSecret('a', { version: '1' } as never)).rejects.toThrow(TypeError)
  })

  it('take all properties of a secret in a set or an update, and use the writable ones', async () => {
    const properties = { name: 'a', vaultUrl: url, version: '1', createdOn: new Date(), tags: { a: '1' } }
    const bodies: unknown[] = []
    const client = new SecretClient(url, credential, {
      additionalPolicies: [
        {
          position: 'perCall',
          policy: {
            name: 'look',
            sendRequest: async (request) => {
              bodies.push(request.body)
              throw new Error('enough')
            },
          },
        },
      ],
    })
    await expect(client.setSecret('a', 'v', { ...properties })).rejects.toThrow('enough')
    expect(bodies).toEqual(['{"value":"v","tags":{"a":"1"}}'])
  })
})

describe('a client', () => {
  it('needs a URL, a credential and a version that is one', () => {
    expect(() => new SecretClient(undefined as never, credential)).toThrow(TypeError)
    expect(() => new SecretClient(url, undefined as never)).toThrow(TypeError)
    expect(() => new SecretClient(url, {} as never)).toThrow('getToken')
    expect(() => new SecretClient(url, credential, { serviceVersion: 'newest' })).toThrow('serviceVersion')
    expect(new SecretClient(`${url}/ `, credential)).toMatchObject({ vaultUrl: url, apiVersion: '2025-07-01' })
  })

  it('names the rule that a name breaks, before any request', async () => {
    const client = new SecretClient(url, credential, { httpClient: async () => expect.fail() })
    for (const name of ['', 'a/b', 'a b', 'a'.repeat(128)]) {
      await expect(client.getSecret(name)).rejects.toThrow('1 to 127 letters, digits and hyphens')
      await expect(client.listPropertiesOfSecretVersions(name).next()).rejects.toThrow('1 to 127')
    }
  })
})
