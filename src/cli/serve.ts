/** `essaim serve` */
import type { Command } from './command.ts'
import { exit, parse } from './command.ts'
import { configOf } from './open.ts'

export const serve: Command = {
  name: 'serve',
  summary: 'run the server',
  help: `essaim serve

Runs the server until it gets SIGTERM or SIGINT. Options come from environment variables and from
the file that ESSAIM_CONFIG names (./essaim.env): see docs/operating.md.`,
  async run(args, terminal) {
    parse(args, {}, { min: 0, max: 0 })
    const config = configOf(terminal)
    const stopping = new Promise<void>((resolve) => {
      let asked = false
      const stop = () => {
        // A second signal means now.
        if (asked) process.exit(exit.failed)
        asked = true
        resolve()
      }
      process.on('SIGTERM', stop)
      process.on('SIGINT', stop)
    })
    const { startServer } = await import('../app.ts')
    const server = await startServer(config, (line) => terminal.out(`${line}\n`))
    await stopping
    await server.stop()
    return exit.done
  },
}
