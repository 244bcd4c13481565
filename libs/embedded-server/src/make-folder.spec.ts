import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EmbeddedServerUnavailable } from './embedded-server-unavailable'
import { makeFolder } from './make-folder'

describe('the folder of the data', () => {
  let place: string

  beforeEach(() => {
    place = mkdtempSync(join(tmpdir(), 'folder-'))
    writeFileSync(join(place, 'file'), '')
  })
  afterEach(() => rmSync(place, { recursive: true }))

  describe('that is not there', () => {
    it('is made with those above it, and stays when it is asked for again', () => {
      const folder = join(place, 'a', 'b')
      makeFolder(folder, 0o711)
      makeFolder(folder, 0o700)
      expect((statSync(folder).mode & 0o777).toString(8)).toBe('711')
    })
  })

  describe('in whose way a file is', () => {
    it.each(['file', 'file/below'])('is refused in one line that names DATA_DIR and the place (%s)', (name) => {
      const making = () => makeFolder(join(place, name), 0o711)
      expect(making).toThrow(EmbeddedServerUnavailable)
      expect(making).toThrow(new RegExp(`^DATA_DIR: E[A-Z]+: [^\\n]*${place}/file[^\\n]*\\.$`))
    })
  })
})
