import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, Reflector } from '@nestjs/core';
import { controllerMethods } from '../frame/admin-route';
import { SCOPE } from './scope.decorator';

/** Where Nest notes the path of a method that is an endpoint. */
const PATH = 'path';

/** Refuses to start with an endpoint of the admin API that names no scope, rather than to answer on it. */
@Injectable()
export class ScopeCheck implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly reflector: Reflector,
  ) {}

  onModuleInit(): void {
    for (const { resource, name, method } of controllerMethods(this.discovery)) {
      const isEndpoint = this.reflector.get<unknown>(PATH, method) !== undefined;
      if (!isEndpoint || this.reflector.get<unknown>(SCOPE, method) !== undefined) continue;
      throw new Error(`the endpoint ${name} of ${resource} names no @Scope`);
    }
  }
}
