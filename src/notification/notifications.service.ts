import { Injectable } from '@nestjs/common';
import { DomainError } from '../kernel/errors';
import { Database } from '../platform/database';
import { Notification, NotificationHistory } from './notification.entity';
import { NotificationRepository } from './notification.repository';
import type { NotificationState } from './notification.state';

/** Reads what arrived at the listener, for people and their programs. Changes nothing. */
@Injectable()
export class Notifications {
  constructor(
    private readonly database: Database,
    private readonly notifications: NotificationRepository,
  ) {}

  /** @throws {DomainError} `notification-not-found` */
  async get(id: string): Promise<Notification> {
    const notification = await this.notifications.find(id);
    if (notification === undefined) throw new DomainError('notification-not-found', `There is no notification ${id}`);
    return notification;
  }

  /** Newest first, before an id. */
  list(page: {
    state: NotificationState | undefined;
    beforeId: string | undefined;
    limit: number;
  }): Promise<Notification[]> {
    const query = this.database.manager.createQueryBuilder(Notification, 'notification');
    if (page.state !== undefined) query.andWhere('notification.state = :state', { state: page.state });
    if (page.beforeId !== undefined) query.andWhere('notification.id < :beforeId', { beforeId: page.beforeId });
    return query.orderBy('notification.id', 'DESC').limit(page.limit).getMany();
  }

  /** Those that speak of a job, oldest first. */
  ofJob(job: { callbackTokenHash: Buffer | null; gatewayJobId: string | null }): Promise<Notification[]> {
    return this.notifications.ofJob(job);
  }

  /** Changes of state, oldest first. */
  history(id: string): Promise<NotificationHistory[]> {
    return this.notifications.history([id]);
  }
}
