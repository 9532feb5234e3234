/** The parameters of a query by their decoded names. Clients send `api%2Dversion` as well as `api-version`. */
export type Query = ReadonlyMap<string, string>

const recent = new Map<string, Query>()

/** @param text - what follows the `?`, as received */
export function parseQuery(text: string): Query {
  const known = recent.get(text)
  if (known !== undefined) return known
  const query = new Map<string, string>()
  for (const pair of text.split('&')) {
    const equals = pair.indexOf('=')
    const name = decoded(equals < 0 ? pair : pair.slice(0, equals))
    if (!query.has(name)) query.set(name, equals < 0 ? '' : decoded(pair.slice(equals + 1)))
  }
  // A client's calls differ in their paths far more than in their queries.
  if (text.length < 60 && recent.size < 1_000) recent.set(text, query)
  return query
}

function decoded(text: string): string {
  if (!/[%+]/.test(text)) return text
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
