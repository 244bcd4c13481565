import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'
import { describeSubscriber } from './subscriber.kit'

describeSubscriber('TypeScript', async () => {
  const compiler = resolve(__dirname, '../../../node_modules/typescript/bin/tsc')
  execFileSync(process.execPath, [compiler, '-p', resolve(__dirname, '../typescript')], { stdio: 'inherit' })
  return [process.execPath, 'typescript/dist/follow-invoices.js']
})
