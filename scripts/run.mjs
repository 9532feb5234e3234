/** Sets the clone up and runs a TypeScript program of the project's own: `node scripts/run.mjs benchmarks/run.ts ARGS`. */
import { root, runAndExit, setUp } from './setup.mjs'

const node = setUp()
// Types are stripped without being asked from 22.18 on, and older Nodes than 22.13 are not used.
const [major, minor] = process.versions.node.split('.').map(Number)
const asked = node === process.execPath && major === 22 && minor < 18 ? ['--experimental-strip-types'] : []
runAndExit(node, [...asked, '--disable-warning=ExperimentalWarning', ...process.argv.slice(2)], { cwd: root })
