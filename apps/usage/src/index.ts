export { usageService } from './usage.service'
