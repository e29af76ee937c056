import { Injectable } from '@nestjs/common';
import { DomainError } from '../kernel/errors';
import { Notification, NotificationHistory } from './notification.entity';
import { NotificationRepository, type NotificationPage } from './notification.repository';

/** Reads what arrived at the listener, for people and their programs. Changes nothing. */
@Injectable()
export class Notifications {
  constructor(private readonly notifications: NotificationRepository) {}

  /** @throws {DomainError} `notification-not-found` */
  async get(id: string): Promise<Notification> {
    const notification = await this.notifications.find(id);
    if (notification === undefined) throw new DomainError('notification-not-found', `There is no notification ${id}`);
    return notification;
  }

  /** Newest first. */
  list(page: NotificationPage): Promise<Notification[]> {
    return this.notifications.list(page);
  }

  /** Changes of state, oldest first. */
  history(id: string): Promise<NotificationHistory[]> {
    return this.notifications.history([id]);
  }
}
