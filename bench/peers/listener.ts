import { Body, Controller, HttpCode, Module, Post, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { InjectRepository, TypeOrmModule } from '@nestjs/typeorm';
import { IsNotEmpty, IsString } from 'class-validator';
import { createHash } from 'node:crypto';
import 'reflect-metadata';
import { Column, Entity, PrimaryColumn, Repository } from 'typeorm';

/** The table is the benchmark's: the same message is stored once. */
@Entity('peer_notification')
class PeerNotification {
  @PrimaryColumn({ type: 'bytea', name: 'message_key' })
  messageKey!: Buffer;

  @Column({ type: 'jsonb' })
  body!: object;

  @Column({ type: 'timestamptz', name: 'received_at' })
  receivedAt!: Date;
}

class Message {
  @IsString()
  notifyVersion!: string;

  @IsNotEmpty()
  event!: string;

  @IsNotEmpty()
  status!: string;

  @IsNotEmpty()
  jobId!: string;

  @IsNotEmpty()
  updateTime!: string;
}

@Controller()
class ListenerController {
  constructor(@InjectRepository(PeerNotification) private readonly notifications: Repository<PeerNotification>) {}

  @Post()
  @HttpCode(200)
  async receive(@Body() message: Message): Promise<object> {
    const { notifyVersion, event, status, jobId, updateTime } = message;
    const key = [notifyVersion, event, status, jobId, updateTime].join('\n');
    const messageKey = createHash('sha256').update(key).digest();
    await this.notifications.save({ messageKey, body: message, receivedAt: new Date() });
    return { resultCode: '0000', resultMsg: 'SUCCESS' };
  }
}

const [url = ''] = process.argv.slice(2);

@Module({
  imports: [
    TypeOrmModule.forRoot({ type: 'postgres', url, entities: [PeerNotification], poolSize: 10 }),
    TypeOrmModule.forFeature([PeerNotification]),
  ],
  controllers: [ListenerController],
})
class ListenerModule {}

async function main(): Promise<void> {
  const app = await NestFactory.create<NestFastifyApplication>(ListenerModule, new FastifyAdapter(), { logger: false });
  app.useGlobalPipes(new ValidationPipe());
  await app.listen(0, '127.0.0.1');
  process.send?.(await app.getUrl());
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});
