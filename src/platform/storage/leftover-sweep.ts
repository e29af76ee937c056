import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { messageOf } from '../../kernel/errors';
import { Clock, secondsAfter } from '../clock';
import { Logger } from '../logging';
import { FileStore } from './file-store';

/** Nobody writes a file with a pause of a day in it. */
const LEFT_BEHIND_AFTER_SECONDS = 24 * 60 * 60;

/** Clears away, at each start, what processes that were killed while writing have left on the disk. */
@Injectable()
export class LeftoverSweep implements OnApplicationBootstrap {
  constructor(
    private readonly files: FileStore,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** Room on the disk is no reason not to start. */
  async onApplicationBootstrap(): Promise<void> {
    try {
      const removed = await this.files.cleanUp(secondsAfter(this.clock.now(), -LEFT_BEHIND_AFTER_SECONDS));
      if (removed > 0) this.logger.info('unfinished files removed', { files: removed });
    } catch (error) {
      this.logger.warn('unfinished files could not be removed', { reason: messageOf(error) });
    }
  }
}
