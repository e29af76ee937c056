import { Injectable, type OnModuleInit } from '@nestjs/common';
import { EncryptionKeyCheck, KeyRing } from '../../platform/crypto';
import { Database, type SqlSession } from '../../platform/database';
import { ApiKeyRepository } from './api-key.repository';
import { KeySignature } from './key-signature';

/** Signs keys that are signed with none yet, or with one of `ENCRYPTION_KEYS` that is to go. */
@Injectable()
export class KeySigning implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly repository: ApiKeyRepository,
    private readonly signature: KeySignature,
    private readonly keys: KeyRing,
    private readonly check: EncryptionKeyCheck,
  ) {}

  /** Takes keys of a database from before they were signed for genuine, once; see decision 24. */
  async onModuleInit(): Promise<void> {
    await this.check.signOnce(async (session) => {
      const keys = await this.repository.stored(session);
      // Where one is signed already, somebody has brought an old text back.
      if (keys.some((key) => this.signature.isGenuine(key))) return;
      for (const key of keys) if (key.mac === null) await this.repository.sign(session, key);
    });
  }

  /**
   * Signs all with the first of `ENCRYPTION_KEYS` that are genuine under another.
   *
   * @param onForged told of each that is not
   * @returns how many were signed anew
   */
  async renew(onForged: (id: string) => void): Promise<number> {
    return this.database.transaction(async (session: SqlSession) => {
      let done = 0;
      for (const key of await this.repository.stored(session)) {
        if (key.macKeyId === null || key.macKeyId === this.keys.firstKeyId) continue;
        if (!this.signature.isGenuine(key)) onForged(key.id);
        else done += await this.repository.sign(session, key);
      }
      return done;
    });
  }
}
