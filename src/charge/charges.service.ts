import { Injectable } from '@nestjs/common';
import { DomainError } from '../kernel/errors';
import type { SqlSession } from '../platform/database';
import { ChargeRecordRepository, type ChargeFilter, type ChargeRecord } from './charge-record.repository';

/** Reads charges, for people and their programs. Changes nothing. */
@Injectable()
export class Charges {
  constructor(private readonly records: ChargeRecordRepository) {}

  /** @param session in whose transaction it is read. @throws {DomainError} `charge-not-found` */
  async get(orderNo: string, session?: SqlSession): Promise<ChargeRecord> {
    const record = await this.records.findByOrderNo(orderNo, session);
    if (record === undefined)
      throw new DomainError('charge-not-found', `There is no charge with order number ${orderNo}`);
    return record;
  }

  /** By its id. */
  find(id: string): Promise<ChargeRecord | undefined> {
    return this.records.find(id);
  }

  /** Newest first. */
  list(filter: ChargeFilter, page: { beforeId: string | undefined; limit: number }): Promise<ChargeRecord[]> {
    return this.records.list(filter, page);
  }

  /** The charges of a job in the order of its request file, after a line. */
  listOfJob(jobId: string, page: { afterLine: string; limit: number }): Promise<ChargeRecord[]> {
    return this.records.listOfJob(jobId, page);
  }
}
