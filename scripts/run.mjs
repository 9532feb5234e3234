/** Sets the clone up and runs a TypeScript program of the project's own: `node scripts/run.mjs benchmarks/run.ts ARGS`. */
import { root, runAndExit, setUp } from './setup.mjs'

const node = setUp()
runAndExit(node, ['--experimental-strip-types', '--disable-warning=ExperimentalWarning', ...process.argv.slice(2)], {
  cwd: root,
})
