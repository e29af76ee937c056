import { Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Database } from './database';
import { dataSourceOptions, type DataSourceSettings } from './data-source';

/** Opens the database once and gives it to every module; features register their own entities. */
@Module({})
export class DatabaseModule {
  static forRoot(settings: Pick<DataSourceSettings, 'url' | 'poolSize'>): DynamicModule {
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
      providers: [Database],
      exports: [Database],
    };
  }
}
