import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ApprovalExpiry } from './approval-expiry.service';
import { Approval, ApprovalHistory } from './approval.entity';
import { ApprovalRepository } from './approval.repository';
import { Approvals } from './approvals.service';

@Module({
  imports: [TypeOrmModule.forFeature([Approval, ApprovalHistory])],
  providers: [ApprovalExpiry, ApprovalRepository, Approvals],
  exports: [ApprovalExpiry, Approvals],
})
export class ApprovalModule {}
