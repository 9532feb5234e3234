/** The operation was given up because its `abortSignal` fired, or because the client was closed. */
export class AbortError extends Error {
  override readonly name = 'AbortError'

  constructor(message = 'The operation was aborted.') {
    super(message)
  }
}
