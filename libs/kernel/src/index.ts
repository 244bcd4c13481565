export * from './billing-calendar'
export * from './clock'
export * from './currency'
export * from './decimal'
export * from './id'
export * from './instant'
export * from './money'
export * from './proration'
export * from './result'
export {
  addCivilDays,
  civilDate,
  civilDaysBetween,
  isTimezone,
  startOfCivilDay,
  writtenTimezone,
  type CivilDate,
} from './timezone'
