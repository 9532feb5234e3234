/** Shorter values are no secrets to speak of, and blotting them out would tell what they are. */
const shortest = 4

/**
 * Removes from a server's words what the request sent in confidence. A vault does not repeat values and tokens; what
 * stands in between might.
 */
export function withoutSecrets(body: string | undefined, token?: string): (text?: string) => string | undefined {
  const hidden = new Set<string>()
  if (token) hidden.add(token)
  const value = valueIn(body)
  if (value !== undefined) {
    hidden.add(value)
    hidden.add(JSON.stringify(value).slice(1, -1))
    hidden.add(encodeURIComponent(value.toWellFormed()))
  }
  const texts = [...hidden].filter((text) => text.length >= shortest).sort((a, b) => b.length - a.length)
  return (text) => text && texts.reduce((cleaned, secret) => cleaned.replaceAll(secret, '[secret]'), text)
}

function valueIn(body: string | undefined): string | undefined {
  if (body === undefined) return undefined
  try {
    const { value } = JSON.parse(body) as { value?: unknown }
    return typeof value === 'string' ? value : undefined
  } catch {
    return body
  }
}
