/** Says on stderr what is going on. On a terminal each line takes the place of the one before it. */
export function progress(text: string): void {
  const { isTTY } = process.stderr
  const now = Date.now()
  if (!isTTY && now - lastLine < 5_000) return
  lastLine = now
  process.stderr.write(isTTY ? `\r\x1b[K${text}` : `${text}\n`)
}

/** Takes the last line away before results are printed. */
export function progressDone(): void {
  lastLine = 0
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
}

let lastLine = 0
