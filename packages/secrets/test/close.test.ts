import { expect, it } from 'vitest'
import { SecretClient } from '../src/index.js'
import { bundle, CountingCredential, fakeVault } from './fake-vault.js'

const active = () => process.getActiveResourcesInfo().filter((name) => /TCPSocketWrap|TLSWrap|Timeout/.test(name))

it('leaves no connection and no timer behind, however many clients were opened', async () => {
  const before = active()
  {
    await using vault = await fakeVault(() => ({ body: bundle('a') }))
    for (let i = 0; i < 200; i++) {
      await using client = new SecretClient(vault.url, new CountingCredential(), { allowInsecureConnection: true })
      await client.getSecret('a', { deadlineInMs: 60_000, abortSignal: new AbortController().signal })
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(active().length).toBeLessThan(before.length + 5)
  }
})
