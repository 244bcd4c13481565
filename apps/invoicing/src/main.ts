import { runService } from '@billstream/hosting'
import { invoicingService } from './invoicing.service'

runService('invoicing', invoicingService)
