import { KAKAOPAY } from './kakaopay';
import { visitCrashPoints } from './visit-crash-points';
import { payByKakaopay } from './works/orders';
import { passDay } from './works/tie-outs';

visitCrashPoints(KAKAOPAY, async (world, name) => {
  await payByKakaopay(world, name);
  await passDay(world);
});
