import { lstatSync, unlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { findBinaries } from './binaries'

describe('the programs of PostgreSQL', () => {
  it('get the links that an install script would have made', () => {
    const { postgres } = findBinaries()
    const link = join(dirname(dirname(postgres)), 'lib/libecpg.so')
    unlinkSync(link)
    findBinaries()
    expect(lstatSync(link).isSymbolicLink()).toBe(true)
  })
})
