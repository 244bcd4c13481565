import { Controller } from '@nestjs/common'
import { AdvanceTestClock, CreateTestClock } from '@billstream/accounts-contracts'
import { testClockView, type TestClockRow } from '@billstream/accounts-read-model'
import { presentTestClock } from '@billstream/apis-boxbilling'
import type { KeyCaller } from '../../../edge/authentication/caller'
import { CommandSender, idOf } from '../../../edge/commands/command-sender'
import { Handles } from '../../../edge/operation/handles.decorator'
import type { InputOf } from '../../../edge/operation/operation'
import { listReply } from '../../../edge/operation/reply'
import { GatewayReads } from '../../../edge/queries/gateway-reads'
import { sameNames } from '../../../edge/queries/list-order'
import { found } from '../refused'
import { advanceTestClock, createTestClock, getTestClock, listTestClocks } from './test-clocks.operations'

const sortable = sameNames('id', 'name', 'frozen_time', 'target_time', 'status', 'created_at', 'updated_at')

@Controller()
export class TestClocksController {
  constructor(
    private readonly commands: CommandSender,
    private readonly reads: GatewayReads,
  ) {}

  @Handles(createTestClock)
  async create({ body, caller, call }: InputOf<typeof createTestClock>) {
    const testClockId = idOf('test-clock', call)
    const data = { testClockId, name: body.name, frozenTime: body.frozen_time }
    await this.commands.send(CreateTestClock, data, { caller, call }, [testClockView])
    return presentTestClock(await this.known(caller, testClockId))
  }

  @Handles(listTestClocks)
  async list({ query, caller }: InputOf<typeof listTestClocks>) {
    const options = { where: {}, sortable }
    const { rows, total } = await this.reads.page(testClockView, caller.organizationId, query, options)
    return listReply(rows.map(presentTestClock), total)
  }

  @Handles(getTestClock)
  async get({ params, caller }: InputOf<typeof getTestClock>) {
    return presentTestClock(await this.known(caller, params.test_clock_id))
  }

  @Handles(advanceTestClock)
  async advance({ params, body, caller, call }: InputOf<typeof advanceTestClock>) {
    const clock = await this.known(caller, params.test_clock_id)
    const data = { testClockId: clock.id, targetTime: body.frozen_time }
    await this.commands.send(AdvanceTestClock, data, { caller, call }, [testClockView])
    return presentTestClock(await this.known(caller, clock.id))
  }

  private async known(caller: KeyCaller, testClockId: string): Promise<TestClockRow> {
    const row = await this.reads.views.get(testClockView, caller.organizationId, testClockId)
    return found(row, 'test_clock_not_found', 'There is no such test clock.')
  }
}
