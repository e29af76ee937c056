import { Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { Database } from './database';
import { dataSourceOptions, type DataSourceSettings } from './data-source';
import { ReadConnections } from './read-connections';

/** Opens the database once and gives it to every module; features register their own entities. */
@Module({})
export class DatabaseModule {
  /** @param readPoolSize connections kept for reading; 0 for a process that nobody asks anything */
  static forRoot(settings: Pick<DataSourceSettings, 'url' | 'poolSize'>, readPoolSize: number): DynamicModule {
    const reads = {
      provide: ReadConnections,
      inject: [DataSource],
      useFactory: (others: DataSource) => new ReadConnections(others, readPoolSize),
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
      providers: [Database, reads],
      exports: [Database],
    };
  }
}
