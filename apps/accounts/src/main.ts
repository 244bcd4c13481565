import { runService } from '@billstream/hosting'
import { accountsService } from './accounts.service'

runService('accounts', accountsService)
