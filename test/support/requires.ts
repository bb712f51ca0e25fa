/** Programs that tests use and npm does not bring. */
import { accessSync, constants } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'
import type { TestContext } from 'node:test'

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/**
 * The path of a program, given by name or absolute path. Where it is missing the test is skipped with a line that
 * names the Debian package, and undefined is returned: the test has to return then. With ESSAIM_TEST_REQUIRE=all
 * a missing program fails the test.
 */
export function requireProgram(t: TestContext, program: string, debianPackage: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/usr/sbin', '/usr/local/bin']
  const candidates = isAbsolute(program) ? [program] : folders.map((folder) => join(folder, program))
  const found = candidates.find(isProgram)
  if (found) return found
  const line = `needs ${program}: apt-get install ${debianPackage}`
  if (process.env['ESSAIM_TEST_REQUIRE'] === 'all') throw new Error(line)
  t.skip(line)
  return undefined
}
