import { busConformance } from './conformance.ts'
import { createLocalBus } from './local.ts'

busConformance('local bus', async () => {
  const errors: unknown[] = []
  const bus = createLocalBus({ onError: (error) => errors.push(error) })
  return { here: bus, there: bus, errors, close: () => bus.close() }
})
