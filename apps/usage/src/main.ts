import { runService } from '@billstream/hosting'
import { usageService } from './usage.service'

runService('usage', usageService)
