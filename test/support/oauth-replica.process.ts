import { openReplica, outcomeOf, type OAuthReplica } from './oauth-replica';
import type { ReplicaAnswer, ReplicaOrder } from './oauth-replica-process';

/** A process of its own with one token store; takes orders from the test that forked it. */
async function main(): Promise<void> {
  const replica = await openReplica(process.env, { write: (log) => tell({ log }) });
  // A test that ended without a word leaves nobody behind.
  process.once('disconnect', () => process.exit());
  process.on('message', (order: ReplicaOrder) => void obey(replica, order));
  tell({ ready: true });
}

async function obey(replica: OAuthReplica, order: ReplicaOrder): Promise<void> {
  if (order.kind === 'close') {
    await replica.close();
    process.disconnect();
  } else if (order.kind === 'advance') {
    replica.advanceSeconds(order.seconds);
    tell({ id: order.id, outcomes: [] });
  } else if (order.kind === 'invalidate') {
    await replica.store.invalidate(order.generation);
    tell({ id: order.id, outcomes: [] });
  } else {
    const callers = Array.from({ length: order.callers }, () => outcomeOf(replica.store.get()));
    tell({ id: order.id, outcomes: await Promise.all(callers) });
  }
}

function tell(answer: ReplicaAnswer): void {
  process.send?.(answer);
}

void main();
