import { hash } from 'node:crypto';
import type { Client } from 'pg';
import { KeySignature } from '../../src/admin/access/key-signature';
import { sha256Of, writeToken } from '../../src/admin/access/key-token';
import { KeyRing } from '../../src/platform/crypto';

/** A key of somebody in every test's database, as `api_key` has it. */
interface TestPerson {
  id: string;
  name: string;
  owner: string;
}

/** What tests encrypt and sign with, unless they bring their own. */
export const ENCRYPTION_KEY = Buffer.alloc(32, 1).toString('base64');
export const ENCRYPTION_KEYS = `test:${ENCRYPTION_KEY}`;

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
  const signature = new KeySignature(
    new KeyRing({ keys: [{ keyId: 'test', key: Buffer.from(ENCRYPTION_KEY, 'base64') }] }),
  );
  for (const person of [KIM, LEE]) {
    const key = {
      ...{
        ...person,
        statedOwner: null,
        role: 'manager' as const,
        scopes: null,
        secretSha256: sha256Of(secretOf(person)),
      },
      ...{
        createdBy: 'bootstrap key',
        createdByKeyId: null,
        createdAt: new Date('2020-01-01T00:00:00Z'),
        expiresAt: null,
      },
      ...{ lastUsedAt: null, lastUsedAddress: null, revokedAt: null, revokedBy: null, revocationReason: null },
    };
    const { mac, keyId } = signature.of(key);
    await client.query(
      `INSERT INTO api_key (name, owner, role, secret_sha256, created_by, created_at, mac, mac_key_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [key.name, key.owner, key.role, key.secretSha256, key.createdBy, key.createdAt, mac, keyId],
    );
  }
}

function secretOf({ owner }: TestPerson): string {
  return hash('sha256', `the secret of ${owner} in tests`);
}

function tokenOf(person: TestPerson): string {
  return writeToken('simulator', person.id, secretOf(person));
}
