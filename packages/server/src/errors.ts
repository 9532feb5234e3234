/** The server cannot start as asked. The message is one sentence with the way out; no secret was touched. */
export class StartError extends Error {
  override readonly name = 'StartError'
}
