import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { Environment } from '../../src/config';

const root = join(__dirname, '../..');
const read = (name: string) => readFileSync(join(root, name), 'utf8');

interface Service {
  image?: string;
  build?: string;
  command?: string[];
  environment?: Record<string, string>;
  profiles?: string[];
  network_mode?: string;
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
  volumes?: string[];
}

const compose = parse(read('docker-compose.yml')) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
};
const { postgres, service, simulator } = compose.services;
const settings = read('src/config/environment.ts');

describe('docker-compose.yml', () => {
  it('has PostgreSQL, the service, and the simulator under a profile', () => {
    expect(Object.keys(compose.services)).toEqual(['postgres', 'service', 'simulator']);
    expect(simulator?.profiles).toEqual(['simulator']);
    expect(service?.profiles).toBeUndefined();
  });

  it('gives the service only settings it knows', () => {
    const unknown = Object.keys(service?.environment ?? {}).filter((name) => !settings.includes(` ${name}`));
    expect(unknown).toEqual([]);
    expect(new Environment()).toHaveProperty('PORT', Number(service?.environment?.PORT));
  });

  it('starts the service when PostgreSQL is well', () => {
    expect(service?.depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
    expect(postgres?.healthcheck?.test.join(' ')).toContain('pg_isready');
  });

  it('keeps data in volumes that are declared', () => {
    const used = [postgres, service].flatMap((one) => one?.volumes ?? []).map((volume) => volume.split(':')[0]);
    expect(used.sort()).toEqual(Object.keys(compose.volumes).sort());
  });

  it('lets the simulator be found where the settings look for it', () => {
    expect(simulator?.network_mode).toBe('service:service');
    expect(simulator?.command).toEqual(expect.arrayContaining(['--port', '9090']));
  });
});

describe('Dockerfile', () => {
  const lines = read('Dockerfile').split('\n');

  it('copies only what exists', () => {
    const ours = lines.filter((line) => line.startsWith('COPY') && !line.includes('--from='));
    const sources = ours.flatMap((line) => line.split(/\s+/).slice(1, -1)).filter((name) => name !== '.');
    expect(sources.length).toBeGreaterThan(0);
    expect(sources.filter((name) => !existsSync(join(root, name)))).toEqual([]);
  });

  it('gives Node the flags that npm start gives it', () => {
    const [, flags] = /const NODE_FLAGS = \['([^']+)'\]/.exec(read('scripts/launch.mjs')) ?? [];
    expect(flags).toBeDefined();
    expect(lines).toContain(`ENV NODE_OPTIONS=${flags}`);
  });

  it('runs what the build makes, as an ordinary user, with a health check', () => {
    expect(lines).toContain('CMD ["node", "dist/src/main.js"]');
    expect(lines.indexOf('USER node')).toBeGreaterThan(lines.lastIndexOf('FROM node:24-bookworm-slim'));
    expect(lines.some((line) => line.startsWith('HEALTHCHECK'))).toBe(true);
    expect(existsSync(join(root, 'dist/src/main.js'))).toBe(true);
  });
});
