import { STANDARD_RATES } from './faults/fault-rates'
import { runStory } from './composition/run-seed'
import { tellStory } from './story/tell-story'
import { BrokenInvariant } from './run/broken-invariant'
async function main() {
  const from = Number(process.argv[2]), n = Number(process.argv[3])
  for (let seed = from; seed < from + n; seed += 1) {
    const t = performance.now()
    try {
      const o = await runStory(tellStory(seed), { rates: STANDARD_RATES })
      console.log(seed, 'ok', Math.round(performance.now() - t), 'ms', o.events, 'events', o.invoices.length, 'invoices', o.historyHash.slice(0, 8), JSON.stringify(o.struck))
    } catch (e) {
      if (e instanceof BrokenInvariant) console.log(seed, 'BROKEN', Math.round(performance.now() - t), e.invariant, 'after', e.actionId, '\n   ', e.values.slice(0, 4).join('\n    ').slice(0, 1800))
      else console.log(seed, 'ERROR', e)
    }
  }
}
void main()
