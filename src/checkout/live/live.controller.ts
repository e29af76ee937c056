import { Controller, Get, Headers, HttpCode, Options, Param, Req, Res, UseGuards } from '@nestjs/common';
import {
  ApiExcludeEndpoint,
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { TokenParameter } from '../checkout.dto';
import { CheckoutGuard } from '../checkout.guard';
import { LiveStreams } from './live-streams';

/** What becomes of an order, told to its customer as it happens. */
@Controller('checkout/v1/orders/:token/events')
@UseGuards(CheckoutGuard)
@ApiTags('checkout')
export class LiveController {
  constructor(private readonly streams: LiveStreams) {}

  @Get()
  @ApiOperation({
    summary: 'The order as it is and each change of it, as Server-Sent Events named order; ends with the order',
  })
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'The id of the last event that was seen' })
  @ApiOkResponse({
    description: 'Each event’s data is what GET of the order answers',
    content: { 'text/event-stream': { schema: { type: 'string' } } },
  })
  @ApiNoContentResponse({ description: 'The order has ended, and the last event was seen' })
  async events(
    @Param() { token }: TokenParameter,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.streams.serve(request, reply, token, lastEventId);
  }

  /** A page that reads the stream by a script of its own names what it has seen. */
  @Options()
  @HttpCode(204)
  @ApiExcludeEndpoint()
  preflight(): void {
    // The guard has said what is allowed.
  }
}
