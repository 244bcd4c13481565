import { Controller, Inject } from '@nestjs/common'
import { Type } from '@sinclair/typebox'
import { Handles } from '../../../edge/operation/handles.decorator'
import { operation } from '../boxbilling.api'

/** What `GET /` tells of this installation. */
export interface About {
  readonly version: string
  readonly domain: string
}
export const ABOUT = Symbol('About')

const getRoot = operation({
  method: 'GET',
  path: '/',
  summary: 'What runs here',
  access: 'public',
  response: Type.Record(Type.String(), Type.String()),
  status: 200,
  errors: [],
})

@Controller()
export class RootController {
  constructor(@Inject(ABOUT) private readonly about: About) {}

  @Handles(getRoot)
  async root() {
    return { app: 'Billstream', version: this.about.version, domain: this.about.domain, status: 'running' }
  }
}
