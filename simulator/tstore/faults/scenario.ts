import { readFileSync } from 'node:fs';
import type { FaultOrder } from './armed-faults';

/** What a run is to be like, as a file or a control call: which payments fail and what misbehaves. */
export interface Scenario {
  declineRate?: number;
  /** Declined whatever the rate says. */
  declineOrderNos?: string[];
  declineBillingTokens?: string[];
  /** Charged whatever the rate says. */
  chargeOrderNos?: string[];
  faults?: FaultOrder[];
}

export class ScenarioError extends Error {}

const LISTS = ['declineOrderNos', 'declineBillingTokens', 'chargeOrderNos'] as const;
const MEMBERS: readonly string[] = [...LISTS, 'declineRate', 'faults'];

export function readScenarioFile(path: string): Scenario {
  try {
    return checkScenario(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new ScenarioError(`scenario file ${path}: ${(error as Error).message}`, { cause: error });
  }
}

/** Refuses unknown members: a misspelt one would otherwise make a quiet run that proves nothing. */
export function checkScenario(value: unknown): Scenario {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new ScenarioError('not a JSON object');
  const scenario = value as Record<string, unknown>;
  for (const name of Object.keys(scenario)) {
    if (!MEMBERS.includes(name)) throw new ScenarioError(`unknown member ${JSON.stringify(name)}`);
  }
  const rate = scenario.declineRate;
  if (rate !== undefined && (typeof rate !== 'number' || !(rate >= 0 && rate <= 1))) {
    throw new ScenarioError('declineRate must be a number from 0 to 1');
  }
  for (const name of LISTS) {
    const list = scenario[name];
    if (list !== undefined && !(Array.isArray(list) && list.every((item) => typeof item === 'string'))) {
      throw new ScenarioError(`${name} must be a list of strings`);
    }
  }
  if (scenario.faults !== undefined && !Array.isArray(scenario.faults)) {
    throw new ScenarioError('faults must be a list');
  }
  return scenario;
}
