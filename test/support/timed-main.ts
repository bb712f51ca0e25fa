/** A server whose time is ahead by `TEST_CLOCK_AHEAD` milliseconds: run in place of src/main.ts by timed-server.ts. */
import { startServer } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { filesOnDisk } from '../../src/lib/optionfiles.ts'

const ahead = Number(process.env['TEST_CLOCK_AHEAD'] ?? 0)
const config = readConfig(process.env, filesOnDisk)
const say = (line: string) => void process.stdout.write(`${line}\n`)
const server = await startServer(config, say, { now: () => Date.now() + ahead })
process.once('SIGTERM', () => void server.stop())
