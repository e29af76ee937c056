/**
 * The architecture, as rules a machine checks (`npm run check`). Arrows point down, and rooms of one line don't know each
 * other.
 */
const LAYERS = [
  ['billing-scheduler', 'admin', 'checkout', 'start'],
  ['waiting'],
  ['billing-run', 'tie-out', 'gateway-message'],
  ['subscription', 'bulk-payment', 'order'],
  ['refund', 'direct-payment'],
  ['charge'],
  ['transaction-lookup'],
  ['line-stop', 'billing-token', 'payment-method', 'product'],
  ['gateways', 'approval', 'kill-switch'],
  ['inbox'],
  ['gateway-account'],
  ['platform'],
  ['config'],
  ['kernel'],
];
/** What meets others at its index.ts. */
const FEATURES = `(?:${LAYERS.slice(0, -3)
  .flat()
  .filter((name) => name !== 'gateways' && name !== 'start')
  .join('|')})`;

/** What a room may not import: every layer above its own, and its neighbours. */
const upwards = LAYERS.slice(1).flatMap((names, index) => {
  const above = LAYERS.slice(0, index + 1).flat();
  return names.map((name) => ({
    name: `${name}-looks-down`,
    comment: `${name} may not know what is above it: the arrows point down`,
    severity: 'error',
    from: { path: `^src/${name}/` },
    to: { path: `^src/(?:${above.join('|')})/` },
  }));
});
const sideways = LAYERS.filter((names) => names.length > 1).map((names) => ({
  name: `${names.join('-')}-are-apart`,
  comment: 'rooms of one layer don’t know each other: what both need is below, what needs both is above',
  severity: 'error',
  from: { path: `^src/(${names.join('|')})/` },
  to: { path: `^src/(?:${names.join('|')})/`, pathNot: '^src/$1/' },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...upwards,
    ...sideways,
    {
      name: 'kernel-imports-nothing',
      comment: 'the kernel is pure TypeScript: no package, no Node, nothing of ours but itself',
      severity: 'error',
      from: { path: '^src/kernel/', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: '^src/kernel/' },
    },
    {
      name: 'inbox-never-a-gateway',
      comment:
        'the listener answers and does nothing else: no room lends it a way out, and the linter refuses Node’s own',
      severity: 'error',
      from: { path: '^src/inbox/' },
      to: { path: '^src/gateways/|^src/platform/http-client/|node_modules/axios/', reachable: true },
    },
    {
      name: 'webhooks-call-nobody',
      comment: 'the listener runs what a gateway’s room reads messages by; that can’t reach a way to call out either',
      severity: 'error',
      from: { path: '^src/gateways/(?:[^/]+/webhook/|webhooks\\.ts$)' },
      to: { path: '\\.(?:client|gateway)\\.ts$|^src/platform/http-client/|node_modules/axios/', reachable: true },
    },
    {
      name: 'approval-knows-no-room',
      comment:
        'it says who may decide and keeps what was decided; what follows is said by the room that registers itself',
      severity: 'error',
      from: { path: '^src/approval/' },
      to: { path: '^src/', pathNot: '^src/(?:approval|platform|config|kernel)/' },
    },
    {
      name: 'features-meet-at-their-index',
      comment: 'what a feature shows to others is its index.ts; the rest is its own',
      severity: 'error',
      from: { path: `^src/(${FEATURES})/` },
      to: { path: `^src/${FEATURES}/`, pathNot: ['^src/$1/', '/index\\.ts$'] },
    },
    {
      name: 'gateways-behind-their-ports',
      comment: 'a feature knows names, answers and ports; which room of which gateway answers is for gateways.ts',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(?:gateways|bulk-payment)/' },
      to: { path: '^src/gateways/', pathNot: '^src/gateways/index\\.ts$' },
    },
    {
      name: 'files-are-tstores',
      comment: 'collecting by files is T store’s way, and bulk-payment the only room that may name it, at its index.ts',
      severity: 'error',
      from: { path: '^src/bulk-payment/' },
      to: { path: '^src/gateways/', pathNot: '^src/gateways/(?:tstore/)?index\\.ts$' },
    },
    {
      name: 'gateways-are-named-where-they-are-joined',
      comment: 'what all may import names no gateway’s room, so that nobody gets one through it',
      severity: 'error',
      from: {
        path: '^src/gateways/(?:[^/]+\\.ts$|(?:exchange|reading)/)',
        pathNot: '^src/gateways/(?:gateways(?:\\.module)?|webhooks)\\.ts$',
      },
      to: { path: '^src/gateways/[^/]+/', pathNot: '^src/gateways/(?:exchange|reading)/' },
    },
    {
      name: 'gateways-are-apart',
      comment: 'a gateway is one room: it knows the ports, and of the others nothing',
      severity: 'error',
      from: { path: '^src/gateways/([^/]+)/' },
      to: {
        path: '^src/gateways/',
        pathNot: [
          '^src/gateways/$1/',
          '^src/gateways/(?:(?:calls|collection|credential-sets|gateway|gateway-client|limits|ports|split)\\.ts$|exchange/|reading/)',
        ],
      },
    },
    {
      name: 'platform-meets-at-its-index',
      comment: 'each part of the platform is used through its index.ts',
      severity: 'error',
      from: { path: '^(?:src/(?!platform/)|demo/|bench/)' },
      to: { path: '^src/platform/[^/]+/', pathNot: '/index\\.ts$' },
    },
    {
      name: 'controllers-never-touch-repositories',
      comment: 'controllers are thin: they call services, and services know where things are stored',
      severity: 'error',
      from: { path: '\\.controller\\.ts$' },
      to: { path: '\\.repository\\.ts$|node_modules/typeorm/|^src/platform/database/' },
    },
    {
      name: 'nobody-imports-simulator-or-test',
      comment:
        'the simulator and the tests know the service, never the other way round; the demo and the benchmarks run both',
      severity: 'error',
      from: { path: '^(?:src|migrations|simulator)/' },
      to: { path: '^(?:test|simulator|demo|bench)/', pathNot: '^simulator/' },
    },
    {
      name: 'service-never-imports-simulator',
      comment: 'a service that knows the simulator could be right about it and wrong about T store',
      severity: 'error',
      from: { path: '^(?:src|migrations)/' },
      to: { path: '^simulator/' },
    },
    {
      name: 'simulator-knows-only-the-wire',
      comment: 'it shares nothing with the service but the wire types, so a mistake in our parsing can’t hide in it',
      severity: 'error',
      from: { path: '^simulator/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^(?:src|migrations|test)/', pathNot: '^src/gateways/tstore/wire\\.ts$' },
    },
    {
      name: 'simulator-shared-knows-no-gateway',
      comment: 'what all simulated gateways share knows none of them',
      severity: 'error',
      from: { path: '^simulator/shared/' },
      to: { path: '^(?:src|simulator)/', pathNot: '^simulator/shared/' },
    },
    {
      name: 'no-cycles',
      comment: 'what needs each other belongs together or has a third thing in between',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans',
      comment: 'a file nobody needs is deleted',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: ['\\.spec\\.ts$', '(?:^|/)main\\.ts$', '^src/commands/', '\\.d\\.ts$', '\\.cjs$'],
      },
      to: {},
    },
    {
      name: 'no-dev-dependencies-in-production',
      comment: 'what the image does not install can’t be imported by what runs there',
      severity: 'error',
      from: { path: '^(?:src|migrations|simulator)/', pathNot: '\\.spec\\.ts$' },
      to: { dependencyTypes: ['npm-dev'], pathNot: 'node_modules/@types/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
