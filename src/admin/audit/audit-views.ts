import { Injectable, StreamableFile, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, Reflector } from '@nestjs/core';
import { controllerMethods } from '../frame/admin-route';
import { AUDIT_VIEW } from './audit-view.decorator';

type Parameters = Record<string, string>;
type View = (parameters: Parameters) => Promise<object>;

/** More than this is not kept: the log is for what changed, not for files. */
const MAX_VIEW_LENGTH = 65_536;

/** How each resource looks, for the audit log; as its controllers say with `@AuditView()`. */
@Injectable()
export class AuditViews implements OnModuleInit {
  private readonly views = new Map<string, View>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly reflector: Reflector,
  ) {}

  onModuleInit(): void {
    for (const { resource, controller, method } of controllerMethods(this.discovery)) {
      if (this.reflector.get<boolean>(AUDIT_VIEW, method)) this.views.set(resource, method.bind(controller) as View);
    }
  }

  /** @returns how the resource looks now; `null` when there is none, or nothing that shows it */
  async look(resource: string, parameters: Parameters): Promise<object | null> {
    const view = this.views.get(resource);
    const isOfOne = view?.length === 0 || Object.keys(parameters).length > 0;
    if (view === undefined || !isOfOne) return null;
    try {
      return kept(await view(parameters));
    } catch {
      // What is not there, or is no id at all, the call itself will say.
      return null;
    }
  }
}

/** A view or an answer as the log keeps it. */
export function kept(view: unknown): object | null {
  if (typeof view !== 'object' || view === null || view instanceof StreamableFile) return null;
  const { length } = JSON.stringify(view);
  return length > MAX_VIEW_LENGTH ? { omitted: `${length} characters` } : view;
}
