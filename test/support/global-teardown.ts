import { sharedServer } from './shared-server';

export default async function globalTeardown(): Promise<void> {
  await sharedServer.stop();
}
