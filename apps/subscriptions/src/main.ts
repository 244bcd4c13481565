import { runService } from '@billstream/hosting'
import { subscriptionsService } from './subscriptions.service'

runService('subscriptions', subscriptionsService)
