export { reportSeed } from './composition/report-seed'
