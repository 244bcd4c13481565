const { createServer } = require('node:net')

/** Resolves with the wanted port, or without one with any, on which nobody listens at this moment. Rejects with EADDRINUSE. */
function freePort(host, wanted = 0) {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen({ port: wanted, host }, () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}

module.exports = { freePort }
