/** One way to compile TypeScript, for the build and for the tests. */
module.exports = {
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    target: 'es2022',
    keepClassNames: true,
  },
  // The client of KurrentDB, with its native part, is loaded by its first use: most installations never need it.
  module: { type: 'commonjs', ignoreDynamic: true, lazy: ['@kurrent/kurrentdb-client'] },
  sourceMaps: true,
}
