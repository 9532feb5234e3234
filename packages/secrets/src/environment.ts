/** A variable of the environment, where there is one and it may be read. */
export function environmentVariable(name: string): string | undefined {
  try {
    const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } }
    return process?.env?.[name] || undefined
  } catch {
    // Deno throws unless it was started with the permission.
    return undefined
  }
}
