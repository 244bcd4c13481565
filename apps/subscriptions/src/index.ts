export { subscriptionsService } from './subscriptions.service'
