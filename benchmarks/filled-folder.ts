import { Client } from './client.ts'
import { startVault } from './processes.ts'
import { progress } from './progress.ts'

/** Names are `secret-000001`, `secret-000002`, …: `load.lua` asks for the same. */
export const secretName = (number: number): string => `secret-${String(number).padStart(6, '0')}`

/** Characters of a value. */
export const valueLength = 200

/** Fills the folder through the server itself, 64 sets in flight, in an order that jumps about among the names. */
export async function fillFolder(folder: string, secrets: number): Promise<void> {
  const vault = await startVault(folder)
  const client = new Client(vault)
  try {
    await client.signIn()
    // A stride without a common divisor with the count meets every number once.
    const stride = 61_803
    let next = 0
    const worker = async () => {
      while (next < secrets) {
        const number = (next++ * stride) % secrets
        const value = String(number).padStart(valueLength, 'v')
        const { status, body } = await client.call('PUT', `/secrets/${secretName(number + 1)}`, { value })
        if (status !== 200) throw new Error(`a set was answered with ${status}: ${body}`)
        if (next % 1_000 === 0) progress(`filling: ${next} of ${secrets} secrets`)
      }
    }
    await Promise.all(Array.from({ length: 64 }, worker))
  } finally {
    client.close()
    await vault.stop()
  }
}
