import { overriding } from './overriding'

class Base {
  readonly name = 'port'
  protected count = 0

  increment(): number {
    this.count += 1
    return this.count
  }

  greet(): string {
    return 'base'
  }
}

class Port extends Base {
  override greet(): string {
    return `port ${this.count}`
  }
}

describe('a port with some methods replaced', () => {
  it('uses the replaced ones and goes to the port for all others, inherited ones included', () => {
    const port = new Port()
    const observed = overriding<Port>(port, { increment: () => port.increment() * 10 })
    expect([observed.name, observed.increment(), observed.greet()]).toEqual(['port', 10, 'port 1'])
  })

  it('keeps the state of the port where it is', () => {
    const port = new Port()
    const observed = overriding<Port>(port, { greet: () => 'other' })
    observed.increment()
    expect([port.increment(), observed.greet(), port.greet()]).toEqual([2, 'other', 'port 2'])
  })
})
