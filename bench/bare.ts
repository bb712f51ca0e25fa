/** The measure of all ratios: the barest server that answers 1 KB. */
import { createServer } from 'node:http'

const body = Buffer.alloc(1_024, 'x')
const server = createServer((_request, response) => {
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': body.length })
  response.end(body)
})
server.listen(Number(process.env['BENCH_PORT']), '127.0.0.1', () => process.stdout.write('listening\n'))
