/** The headers of a request or an answer. Names are case-insensitive and come back in lower case. */
export interface HttpHeaders extends Iterable<[string, string]> {
  get(name: string): string | undefined
  has(name: string): boolean
  set(name: string, value: string | number | boolean): void
  delete(name: string): void
  toJSON(options?: { preserveCase?: boolean }): Record<string, string>
}

/** @internal */
export type HeaderValues = Readonly<Record<string, string | number | boolean>>

/** @internal */
export function httpHeaders(values: HeaderValues | HttpHeaders = {}): HttpHeaders {
  const headers = new Headers()
  const entries = Symbol.iterator in values ? (values as HttpHeaders) : Object.entries(values as HeaderValues)
  for (const [name, value] of entries) headers.set(name, value)
  return headers
}

class Headers implements HttpHeaders {
  readonly #values = new Map<string, string>()

  get(name: string): string | undefined {
    return this.#values.get(name.toLowerCase())
  }

  has(name: string): boolean {
    return this.#values.has(name.toLowerCase())
  }

  set(name: string, value: string | number | boolean): void {
    this.#values.set(name.toLowerCase(), String(value).trim())
  }

  delete(name: string): void {
    this.#values.delete(name.toLowerCase())
  }

  toJSON(): Record<string, string> {
    return Object.fromEntries(this.#values)
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.#values.entries()
  }

  // Private members do not print, so neither does the bearer token; the rest is worth seeing.
  [Symbol.for('nodejs.util.inspect.custom')](): Record<string, string> {
    const shown = this.toJSON()
    if (shown.authorization !== undefined) shown.authorization = '[secret]'
    return shown
  }
}
