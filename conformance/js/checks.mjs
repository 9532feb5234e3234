/** What a run tells the harness: one JSON object a line on standard output. Every language speaks the same three. */
export function tell(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`)
}

const limitInMs = 30_000

/** A check that fails is reported and the next one runs: a run lists all that is wrong, not the first. */
export async function check(name, body) {
  try {
    await withinTime(body)
    tell({ check: name, passed: true })
  } catch (error) {
    tell({ check: name, passed: false, message: describe(error) })
  }
}

async function withinTime(body) {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`still running after ${limitInMs / 1000} s`)), limitInMs)
  })
  try {
    await Promise.race([body(), late])
  } finally {
    clearTimeout(timer)
  }
}

function describe(error) {
  if (!(error instanceof Error)) return `threw ${String(error)}`
  const at = /\/js\/([\w/-]+\.mjs:\d+)/.exec((error.stack ?? '').split('\n').slice(1).join('\n'))?.[1]
  const text = `${error.name === 'AssertionError' ? '' : `${error.name}: `}${error.message}`
  return `${text.length > 700 ? `${text.slice(0, 700)} …` : text}${at ? ` (${at})` : ''}`
}
