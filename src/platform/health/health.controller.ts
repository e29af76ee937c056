import { Controller, Get, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Readiness, type ReadinessReport } from './readiness';

@ApiExcludeController()
@Controller('health')
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  /** Says only that the process runs: a database that is down is no reason to restart it. */
  @Get('live')
  live(): { status: 'live' } {
    return { status: 'live' };
  }

  @Get('ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<{ status: string } & ReadinessReport> {
    const report = await this.readiness.report();
    reply.header('cache-control', 'no-store').status(report.ready ? 200 : 503);
    return { status: report.ready ? 'ready' : 'not-ready', ...report };
  }
}
