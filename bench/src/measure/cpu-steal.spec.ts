import { parseCpuTicks, stealPercent } from './cpu-steal'

const STAT = `cpu  100 10 50 800 20 5 5 10 40 0
cpu0 50 5 25 400 10 2 2 5 20 0
intr 1`

describe('CPU steal', () => {
  it('is read from the line of all processors, guest time not twice', () =>
    expect(parseCpuTicks(STAT)).toEqual({ steal: 10, total: 1_000 }))

  it('is unknown where the kernel does not tell it', () => {
    expect(parseCpuTicks('cpu  1 2 3 4 5')).toBeUndefined()
    expect(parseCpuTicks('')).toBeUndefined()
  })

  it('is the part of the time between two looks', () => {
    expect(stealPercent({ steal: 10, total: 1_000 }, { steal: 25, total: 2_000 })).toBe(1.5)
    expect(stealPercent({ steal: 10, total: 1_000 }, { steal: 10, total: 1_000 })).toBeNull()
    expect(stealPercent(undefined, { steal: 25, total: 2_000 })).toBeNull()
  })
})
