import eslint from '@eslint/js';
import jest from 'eslint-plugin-jest';
import tseslint from 'typescript-eslint';

const CLOCK_MESSAGE = 'Inject Clock (src/platform/clock), so that tests can move time.';
const CALLS_NOBODY = 'The listener calls nobody.';
const PG = {
  name: 'pg',
  message: 'Connection and openPool (src/platform/database) state what is relied on.',
  allowTypeImports: true,
};

export default tseslint.config(
  { ignores: ['dist/**', 'client/dist/**', 'client/src/schema.ts', 'node_modules/**', '.data/**', 'coverage/**'] },
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/return-await': 'error',
      '@typescript-eslint/require-await': 'off',
      // Types of properties are stated even where the value shows them: environment defaults, decorators' metadata.
      '@typescript-eslint/no-inferrable-types': 'off',
      // A map's `get` after `has`, an index inside its bounds: the compiler can't know, the reader can.
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true } }],
      // Taking a member out is how the others are kept.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      'no-control-regex': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/**/*.spec.ts', 'src/config/**', 'src/platform/clock/**', 'src/main.ts', 'src/commands/**'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: CLOCK_MESSAGE },
        { object: 'process', property: 'env', message: 'src/config is the only reader of the environment.' },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: CLOCK_MESSAGE },
      ],
    },
  },
  {
    files: ['src/**/*.ts', 'demo/**/*.ts', 'bench/**/*.ts'],
    ignores: ['src/**/*.spec.ts', 'src/platform/database/**'],
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', PG],
    },
  },
  {
    // The listener answers and does nothing else.
    files: ['src/inbox/**/*.ts', 'src/gateways/*/webhook/**/*.ts', 'src/gateways/webhooks.ts'],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...['fetch', 'WebSocket', 'EventSource'].map((name) => ({ name, message: CALLS_NOBODY })),
      ],
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          paths: [
            PG,
            ...['http', 'https', 'http2', 'tls', 'dgram'].flatMap((name) =>
              [name, `node:${name}`].map((module) => ({ name: module, message: CALLS_NOBODY, allowTypeImports: true })),
            ),
            ...['net', 'node:net'].map((name) => ({
              name,
              message: CALLS_NOBODY,
              allowImportNames: ['BlockList', 'isIP'],
            })),
          ],
        },
      ],
    },
  },
  {
    // Programs a person runs in a terminal speak to it.
    files: ['src/main.ts', 'src/commands/**/*.ts', 'simulator/main.ts', 'demo/**/*.ts', 'bench/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['**/*.spec.ts', 'test/**/*.ts'],
    plugins: { jest },
    languageOptions: { globals: jest.environments.globals.globals },
    rules: {
      ...jest.configs['flat/recommended'].rules,
      'jest/no-focused-tests': 'error',
      'jest/no-disabled-tests': 'error',
      // Assertions also live in functions that are named for them.
      'jest/expect-expect': ['error', { assertFunctionNames: ['expect', 'expect*', 'fc.assert', '**.assert'] }],
      // `expect(mock.method)` style assertions and JSON answers are read loosely on purpose.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    files: ['**/*.mjs', '**/*.js', '**/*.cjs'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        module: 'writable',
        require: 'readonly',
        __dirname: 'readonly',
        performance: 'readonly',
        setTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        URL: 'readonly',
        Buffer: 'readonly',
      },
    },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
);
