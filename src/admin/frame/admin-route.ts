import { SetMetadata } from '@nestjs/common';
import type { DiscoveryService } from '@nestjs/core';

const RESOURCE = 'admin:resource';

/** Notes which resource under `/admin/v1` a controller is of; several controllers may share one. */
export const Resource = (resource: string): ClassDecorator => SetMetadata(RESOURCE, resource);

/** @returns `undefined` for controllers that are not the admin API's */
export function resourceOf(controller: object): string | undefined {
  return Reflect.getMetadata(RESOURCE, controller) as string | undefined;
}

export type Method = (...args: unknown[]) => unknown;

/** A method of a controller of the admin API, an endpoint or not. */
interface ControllerMethod {
  resource: string;
  controller: Record<string, Method>;
  name: string;
  method: Method;
}

export function controllerMethods(discovery: DiscoveryService): ControllerMethod[] {
  return discovery.getControllers().flatMap(({ instance, metatype }) => {
    const resource = metatype ? resourceOf(metatype) : undefined;
    if (resource === undefined) return [];
    const controller = instance as Record<string, Method>;
    const names = Object.getOwnPropertyNames(Object.getPrototypeOf(controller)).filter(
      (name) => name !== 'constructor',
    );
    return names.map((name) => ({ resource, controller, name, method: controller[name] as Method }));
  });
}

/** What an operation is called in the OpenAPI document and in the audit log, such as `products.change`. */
export function operationIdOf(controller: string, method: string): string {
  const name = controller.replace(/Controller$/, '');
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}.${method}`;
}
