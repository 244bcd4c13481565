import { migrateDatabase } from '@billstream/hosting'

void migrateDatabase(process.env)
