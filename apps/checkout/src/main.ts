import { createHmac } from 'node:crypto'
import { observedProvider, runService } from '@billstream/hosting'
import { PostgresSandboxCharges, SandboxProvider } from '@billstream/payment-providers-sandbox'
import { systemClock, systemSleeper } from '@billstream/platform'
import { checkoutService } from './checkout.service'

runService('checkout', (ports, { serverSecret }, { database, signals }) => {
  const sandbox = new SandboxProvider({
    charges: new PostgresSandboxCharges(database.worker),
    clock: systemClock,
    sleeper: systemSleeper,
    signingSecret: createHmac('sha256', serverSecret).update('sandbox notifications').digest('hex'),
  })
  return checkoutService({ ...ports, paymentProviders: [observedProvider(sandbox, signals)] })
})
