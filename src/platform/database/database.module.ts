import { Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { Database } from './database';
import { dataSourceOptions, type DataSourceSettings } from './data-source';
import { KeptConnections, type KeptPools } from './kept-connections';

/** Opens the database once and gives it to every module; features register their own entities. */
@Module({})
export class DatabaseModule {
  /** @param pools connections kept for what is asked of it; `undefined` for a process that nobody asks anything */
  static forRoot(settings: Pick<DataSourceSettings, 'url' | 'poolSize'>, pools: KeptPools | undefined): DynamicModule {
    const kept = {
      provide: KeptConnections,
      inject: [DataSource],
      useFactory: (others: DataSource) => new KeptConnections(others, pools),
    };
    return {
      module: DatabaseModule,
      global: true,
      imports: [
        TypeOrmModule.forRoot({
          ...dataSourceOptions(settings),
          autoLoadEntities: true,
          // Reaching the database is waited for before the application is built; here it is there or it is an error.
          retryAttempts: 0,
        }),
      ],
      providers: [Database, kept],
      exports: [Database],
    };
  }
}
