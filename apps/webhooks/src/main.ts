import { runService } from '@billstream/hosting'
import { webhooksService } from './webhooks.service'

runService('webhooks', (ports, { webhookTargets }) => webhooksService({ ...ports, webhookTargets }))
