import nx from '@nx/eslint-plugin'
import tseslint from 'typescript-eslint'

/** Kits are suites that adapters run. */
const SPECS = [
  '**/*.spec.ts',
  '**/*.int-spec.ts',
  '**/*.kafka-spec.ts',
  '**/*.e2e-spec.ts',
  '**/*.services-spec.ts',
  '**/*.endurance-spec.ts',
  '**/conformance/**/*.ts',
  '{apps,libs,examples}/*/test/**/*.ts',
]
const COMPOSITION_ROOTS = [
  'apps/*/src/composition/**/*.ts',
  'apps/*/src/**/*main.ts',
  'apps/*/src/**/*.module.ts',
  'bench/**/*.ts',
]
const CONTEXTS = ['accounts', 'subscriptions', 'usage', 'invoicing', 'checkout', 'webhooks']

const EVERYWHERE = ['type:kernel']
const PORTS = ['type:core', 'type:port', 'type:messaging']
const OF_A_SERVICE = [...PORTS, 'type:rating', 'type:contracts', 'scope:platform']

/** The table of who may import whom. Where several rows match a project, all of them must allow the import. */
function boundaries({ besides }) {
  const rows = [
    { sourceTag: 'type:kernel', may: [] },
    { sourceTag: 'type:rating', may: [] },
    { sourceTag: 'type:core', may: [] },
    { sourceTag: 'type:port', may: ['type:core'] },
    { sourceTag: 'type:messaging', may: ['type:core', 'type:port'] },
    { sourceTag: 'type:contracts', may: ['type:core'] },
    { sourceTag: 'type:domain', may: ['type:core', 'type:rating', 'type:contracts'] },
    { sourceTag: 'type:read-model', may: OF_A_SERVICE },
    { sourceTag: 'type:ingestion', may: [...OF_A_SERVICE, 'type:read-model', 'type:domain'] },
    { sourceTag: 'type:api', may: ['type:core', 'type:read-model', 'type:contracts'] },
    { sourceTag: 'type:adapter', may: PORTS },
    { sourceTag: 'scope:gateway', may: [...PORTS, 'type:contracts', 'type:read-model', 'type:api', 'scope:platform'] },
    { sourceTag: 'scope:projector', may: [...PORTS, 'type:contracts', 'type:read-model', 'scope:platform'] },
    {
      sourceTag: 'scope:standalone',
      may: [...PORTS, 'type:composition', 'type:contracts', 'type:read-model', 'type:app', 'scope:platform'],
    },
    {
      sourceTag: 'scope:simulation',
      may: [...PORTS, 'type:contracts', 'type:read-model', 'type:app', 'scope:platform'],
    },
    {
      sourceTag: 'scope:ops',
      may: [
        ...PORTS,
        'type:contracts',
        'type:read-model',
        'type:domain',
        'type:rating',
        'type:ingestion',
        'scope:platform',
      ],
    },
    {
      sourceTag: 'type:composition',
      may: [...PORTS, 'type:contracts', 'type:read-model', 'type:adapter', 'type:composition'],
    },
    { sourceTag: 'type:bench', may: [...PORTS, 'type:contracts', 'type:read-model', 'type:app', 'type:testing'] },
    { sourceTag: 'type:examples', may: [] },
    { sourceTag: 'type:testing', may: [...PORTS, 'type:contracts', 'scope:embedded-server'] },
    { sourceTag: 'type:e2e', may: ['type:testing'] },
    { sourceTag: 'type:root', may: [] },
    ...CONTEXTS.flatMap((context) => ownContextOnly(`context:${context}`)),
  ]
  return rows.map(({ may, ...source }) => ({
    ...source,
    onlyDependOnLibsWithTags: [...EVERYWHERE, ...may, ...besides],
  }))
}

function ownContextOnly(context) {
  const views = context === 'context:webhooks' ? ['type:api', 'type:read-model'] : []
  return [
    { allSourceTags: ['type:domain', context], may: ['type:core', 'type:rating', context] },
    { allSourceTags: ['type:app', context], may: [...OF_A_SERVICE, 'type:read-model', ...views, context] },
  ]
}

function enforceBoundaries({ besides }) {
  return { '@nx/enforce-module-boundaries': ['error', { depConstraints: boundaries({ besides }) }] }
}

const NO_EFFECTS = [
  {
    regex: '^node:|^(fs|path|crypto|http|https|net|os|stream|timers|child_process|worker_threads)(/|$)',
    message: 'Node',
  },
  { regex: '^@nestjs/|^rxjs', message: 'Nest' },
  { regex: '^(pg|umzug|typeorm|kafkajs|fastify|undici|pino|ajv)(-|/|$)', message: 'infrastructure' },
].map(({ regex, message }) => ({ regex, message: `This layer is pure: it does without ${message}.` }))

const NO_TECHNIQUE = [
  {
    regex: '^@nestjs/|^(pg|typeorm|kafkajs)(/|$)',
    message: 'A port knows no technique: this belongs into an adapter.',
  },
]

const TIME_AND_CHANCE = [
  ["CallExpression[callee.object.name='Date'][callee.property.name='now']", 'Date.now'],
  ["NewExpression[callee.name='Date'][arguments.length=0]", 'new Date()'],
  ["CallExpression[callee.name='Date']", 'Date()'],
  ['CallExpression[callee.name=/^(setTimeout|setInterval)$/]', 'a timer'],
  ['CallExpression[callee.property.name=/^(setTimeout|setInterval)$/]', 'a timer'],
  ['ImportDeclaration[source.value=/^(node:)?timers/]', 'a timer'],
  ["CallExpression[callee.object.name='Math'][callee.property.name='random']", 'Math.random'],
  ["Identifier[name='randomUUID']", 'randomUUID'],
].map(([selector, what]) => ({
  selector,
  message: `Time and chance are ports (Clock, IdSource, Timers): not ${what} here.`,
}))

export default tseslint.config(
  { ignores: ['**/dist/', '**/node_modules/', '.nx/', '.data/', 'tmp/', 'coverage/'] },
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' } },
  {
    rules: {
      eqeqeq: 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'max-depth': ['error', 3],
      'max-params': ['error', 4],
      complexity: ['error', 10],
      'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    plugins: { '@nx': nx },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: 'always' }],
      // Deciders and operations are records of functions without `this`; method syntax only makes them assignable.
      '@typescript-eslint/unbound-method': 'off',
      // A port method is asynchronous also where an adapter has nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      ...enforceBoundaries({ besides: [] }),
    },
  },
  {
    files: [
      'apps/**/*.ts',
      'libs/{kernel,rating,event-sourcing,messaging,apis}/**/*.ts',
      `libs/{${CONTEXTS.join(',')}}/**/*.ts`,
    ],
    // A spec may have to give others their turn; what it waits for is still a condition.
    ignores: ['**/conformance/**', '**/*.spec.ts', '**/*.int-spec.ts', '**/*.kafka-spec.ts', '{apps,libs}/*/test/**'],
    rules: { 'no-restricted-syntax': ['error', ...TIME_AND_CHANCE] },
  },
  {
    files: ['libs/{kernel,rating}/**/*.ts', 'libs/event-sourcing/core/**/*.ts', 'libs/*/{contracts,domain}/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: NO_EFFECTS }] },
  },
  {
    files: ['libs/event-sourcing/runtime/**/*.ts', 'libs/messaging/**/*.ts', 'libs/payment-providers/port/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: NO_TECHNIQUE }] },
  },
  // Adapters meet the rest only where an application is put together.
  { files: COMPOSITION_ROOTS, rules: enforceBoundaries({ besides: ['type:adapter', 'type:composition'] }) },
  {
    files: SPECS,
    rules: {
      complexity: 'off',
      'max-params': 'off',
      'max-lines': 'off',
      'max-lines-per-function': 'off',
      ...enforceBoundaries({ besides: ['type:adapter', 'type:composition', 'type:testing'] }),
    },
  },
)
