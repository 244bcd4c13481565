import { MeasuredPeriodChanged, PeriodMeasured } from './measurement'
import { BillableMetric } from './metric'

export * from './limits'
export * from './measurement'
export * from './metric'
export * from './queries'

export const usageEvents = [
  BillableMetric.Defined,
  BillableMetric.Changed,
  BillableMetric.Removed,
  PeriodMeasured,
  MeasuredPeriodChanged,
]
