import { createHmac } from 'node:crypto'
import { runService } from '@billstream/hosting'
import { PostgresSandboxCharges, SandboxProvider } from '@billstream/payment-providers-sandbox'
import { systemClock, systemSleeper } from '@billstream/platform'
import { checkoutService } from './checkout.service'

runService('checkout', (ports, { serverSecret }, { database }) => {
  const sandbox = new SandboxProvider({
    charges: new PostgresSandboxCharges(database.worker),
    clock: systemClock,
    sleeper: systemSleeper,
    signingSecret: createHmac('sha256', serverSecret).update('sandbox notifications').digest('hex'),
  })
  return checkoutService({ ...ports, paymentProviders: [sandbox] })
})
