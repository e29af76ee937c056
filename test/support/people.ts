import { hash } from 'node:crypto';
import type { Client } from 'pg';
import { sha256Of, writeToken } from '../../src/admin/access/key-token';

/** A key of somebody in every test's database, as `api_key` has it. */
interface TestPerson {
  id: string;
  name: string;
  owner: string;
}

const KIM: TestPerson = { id: '1', name: 'desk', owner: 'kim@example.com' };
const LEE: TestPerson = { id: '2', name: 'second desk', owner: 'lee@example.com' };

/** What makes keys, and moves no money. */
export const BOOTSTRAP_KEY = 'test-bootstrap-key-of-enough-characters';
/** Kim's, who runs the service and its money. */
export const ADMIN_KEY = tokenOf(KIM);
/** What histories call her. */
export const ADMIN_ACTOR = `${KIM.name} (key ${KIM.id})`;
/** Lee's, who may agree to what Kim asks for. */
export const SECOND_PERSONS_KEY = tokenOf(LEE);

/** Gives both of them their keys, in a database that has none yet. */
export async function addPeople(client: Client): Promise<void> {
  for (const { name, owner, ...person } of [KIM, LEE]) {
    await client.query(
      `INSERT INTO api_key (name, owner, role, secret_sha256, created_by, created_at)
       VALUES ($1, $2, 'manager', $3, 'bootstrap key', '2020-01-01T00:00:00Z')`,
      [name, owner, sha256Of(secretOf({ name, owner, ...person }))],
    );
  }
}

function secretOf({ owner }: TestPerson): string {
  return hash('sha256', `the secret of ${owner} in tests`);
}

function tokenOf(person: TestPerson): string {
  return writeToken('simulator', person.id, secretOf(person));
}
