import type { BillingStep } from '../../src/billing-scheduler';
import type { CrashPoint } from '../../src/platform/crash-points';
import { SeededRandom, seedOf } from '../../simulator/shared/seeded';
import { requestFile } from '../support/request-files';
import { dueSteps } from './due-steps';
import type { FaultServer } from './fault-server';
import { drawBuyer } from './buyers';
import { drawCardHolder } from './card-holders';
import { FaultWorld } from './fault-world';
import { drawFault, drawKakaopayFault, drawTossFault } from './gateway-faults';
import { Gates, type Mortal } from './gates';
import { drawKakaopayBuyer, drawSidHolder } from './kakaopay-customers';
import { Operator } from './operator';
import { drawOutsideAct } from './outside-acts';
import type { Replica } from './replica';
import { comeToRest, runAll } from './rest';

/** What a schedule came to. */
export interface ScheduleEnd {
  seed: number;
  /** One sentence for each promise that is broken; empty is good. */
  broken: string[];
  /** How often each kind of event happened. */
  events: Record<string, number>;
}

/** Something that is to be brought in, again and again until it is. */
export interface Work {
  readonly name: string;
  isDone: boolean;
  attempt(replica: Replica): Promise<void>;
}

/** Roles of the replicas a schedule begins with: together always all of them. */
const FLEETS = [
  ['all'],
  ['all', 'listener,scheduler'],
  ['scheduler', 'listener,admin,checkout'],
  ['all', 'listener,scheduler', 'scheduler'],
  ['scheduler', 'scheduler', 'listener,admin,checkout'],
  ['scheduler', 'checkout,listener', 'listener,admin'],
];
const HOLD_SHARES = [0, 0.1, 0.3, 0.6];
const JUMPS_SECONDS = [3, 10, 30, 130, 700, 7_200];
const DATES = ['2027-03-14', '2027-03-15'];
const SHARE_WITH_PAST = 0.6;
const FULL_TICKS = 0.2;
const LEAST_TURNS = 20;
const MOST_TURNS = 60;
const MOST_UPLOADS = 3;
const MOST_CHARGES = 8;
const MOST_FAULTS = 6;
const TOSS_SHARE = 0.4;
const MOST_BUYERS = 2;
const MOST_CARDS = 3;
const KAKAOPAY_SHARE = 0.5;
const MOST_KAKAOPAY_BUYERS = 3;
const MOST_SIDS = 2;
const LAST_CUSTOMER = 5;
/** Customers who are done before anything goes wrong, so that runs charge their cards, and orders can be refunded. */
const DONE_BEFORE_SHARE = 0.5;
/** More steps than any errand has. */
const MOST_STEPS = 20;

/** One schedule: what happens, when, and to whom is drawn from its seed and nothing else. */
export class Schedule {
  private readonly random: SeededRandom;
  private readonly kakaopay: SeededRandom;
  private readonly gates: Gates;
  private readonly holdShare: number;
  private readonly busy = new Set<string>();
  private readonly events: Record<string, number> = {};
  private readonly work: Work[];
  /** Of customers: with their cards, and at the gateway's window. */
  private readonly errands: Work[];
  private readonly operator: Operator;
  /** Nobody is held anywhere. */
  private isUndisturbed = false;

  private constructor(
    private readonly seed: number,
    private readonly world: FaultWorld,
    private readonly say: (line: string) => void,
  ) {
    this.random = new SeededRandom(seedOf(seed, 'schedule'));
    this.kakaopay = new SeededRandom(seedOf(seed, 'kakaopay'));
    this.holdShare = this.pick(HOLD_SHARES);
    this.gates = new Gates(
      (mortal, point) => this.holds(mortal, point),
      () => world.isDatabaseAtWork(),
    );
    // Drawn apart, so that what is drawn of T store's is drawn whatever customers there are.
    const customers = new SeededRandom(seedOf(seed, 'customers'));
    this.errands = [...this.drawCardHolders(customers), ...this.drawBuyers(customers)];
    if (world.hasKakaopay) this.errands.push(...this.drawKakaopayCustomers());
    this.work = this.drawWork();
    this.operator = new Operator(seed, world, (kind, what) => this.note(`operator: ${kind}`, what));
  }

  /** @param say hears what happens, line by line */
  static async run(server: FaultServer, seed: number, say: (line: string) => void): Promise<ScheduleEnd> {
    const world = await FaultWorld.start(server, seed, say);
    const schedule = new Schedule(seed, world, say);
    try {
      await schedule.begin();
      if (schedule.random.next() < TOSS_SHARE) schedule.armTossFault();
      if (world.hasKakaopay && schedule.kakaopay.next() < KAKAOPAY_SHARE) schedule.armKakaopayFault();
      await schedule.serveBefore();
      if (schedule.random.next() < SHARE_WITH_PAST) await schedule.billBefore();
      for (let faults = schedule.random.below(MOST_FAULTS + 1); faults > 0; faults--) schedule.armFault();
      const turns = LEAST_TURNS + schedule.random.below(MOST_TURNS - LEAST_TURNS);
      for (let turn = 0; turn < turns; turn++) await schedule.turn();
      return { seed, broken: await schedule.rest(), events: schedule.events };
    } finally {
      schedule.gates.close();
      await world.close();
    }
  }

  private async begin(): Promise<void> {
    const fleet = this.pick(FLEETS);
    this.note('replicas', fleet.join(' | '));
    for (const roles of fleet) await this.world.startReplica(roles);
  }

  /** Some customers came when nothing went wrong but at the gateway. */
  private async serveBefore(): Promise<void> {
    const early = this.errands.filter(() => this.random.next() < DONE_BEFORE_SHARE);
    const [admin] = this.world.having('admin');
    if (admin === undefined) return;
    this.isUndisturbed = true;
    for (const errand of early) {
      for (let steps = 0; !errand.isDone && steps < MOST_STEPS; steps++) await errand.attempt(admin);
    }
    this.isUndisturbed = false;
  }

  /** Something was billed before, when nothing went wrong: it can be refunded from the beginning. */
  private async billBefore(): Promise<void> {
    const [work] = this.work;
    const [admin] = this.world.having('admin');
    const [scheduler] = this.world.having('scheduler');
    if (work === undefined || admin === undefined || scheduler === undefined) return;
    this.isUndisturbed = true;
    await work.attempt(admin);
    await runAll(this.world, scheduler);
    await this.world.simulator.control.advance(60 * 60_000);
    await runAll(this.world, scheduler);
    this.isUndisturbed = false;
  }

  /** What may happen next, and how likely it is beside the others. */
  private readonly actions: readonly (readonly [weight: number, act: () => Promise<void>])[] = [
    [45, () => this.tick()],
    [25, () => this.openGate()],
    [20, () => this.passTimeAtGateway()],
    [10, () => this.attempt('work', this.work)],
    [20, () => this.attempt('errands', this.errands)],
    [10, () => this.jumpClock()],
    [14, () => this.operate()],
    [6, () => this.actOutside()],
    [4, () => this.killOne()],
    [3, () => this.cutConnections()],
    [2, async () => this.armFault()],
    [0.5, () => this.crashDatabase()],
  ];

  private async turn(): Promise<void> {
    const total = this.actions.reduce((sum, [weight]) => sum + weight, 0);
    let drawn = this.random.next() * total;
    for (const [weight, act] of this.actions) {
      drawn -= weight;
      if (drawn < 0) return act();
    }
  }

  /** Calls the steps of a replica, as its scheduler does at each tick: sometimes all, else those that could do anything. */
  private async tick(): Promise<void> {
    const isFull = this.random.next() < FULL_TICKS;
    const replica = this.pickOf(this.world.having('scheduler'));
    if (replica === undefined) return;
    const all = isFull ? replica.steps : await dueSteps(this.world, replica.steps);
    // Without a database one step fails as the other.
    const steps = replica.database.isCut ? [this.pick(replica.steps)] : all;
    for (const step of steps) await this.gates.begin(() => this.runOnce(replica, step));
  }

  /** A process runs a step once at a time. */
  private async runOnce(replica: Replica, step: BillingStep): Promise<void> {
    const key = `${replica.name} ${step.name}`;
    if (this.busy.has(key)) return;
    this.busy.add(key);
    try {
      if (await replica.run(step)) this.note('steps', `${key} did something`);
    } catch (error) {
      this.note('failed steps', `${key}: ${String(error)}`);
    } finally {
      this.busy.delete(key);
    }
  }

  private async openGate(): Promise<void> {
    const gate = this.pickOf(this.gates.held);
    if (gate === undefined) return;
    this.note('went on', `${gate.mortal.name} from ${gate.point}`);
    await this.gates.open(gate);
  }

  private async passTimeAtGateway(): Promise<void> {
    const minutes = 1 + this.random.below(40);
    this.note('gateway time', `${minutes} min`);
    await this.gates.begin(() => this.world.simulator.control.advance(minutes * 60_000));
  }

  private async attempt(kind: string, among: readonly Work[]): Promise<void> {
    const work = this.pickOf(among.filter(({ isDone }) => !isDone));
    const replica = this.pickOf(this.world.having('admin'));
    if (work === undefined || replica === undefined) return;
    this.note(kind, `${work.name} by ${replica.name}`);
    await this.gates.begin(() => work.attempt(replica));
  }

  private async operate(): Promise<void> {
    const random = new SeededRandom(this.random.below(2 ** 31));
    const replica = this.pickOf(this.world.having('admin'));
    if (replica === undefined) return;
    this.note('operators', `by ${replica.name}`);
    await this.gates.begin(() => this.operator.act(replica, random));
  }

  /** At Toss, or by who says to be Toss. */
  private async actOutside(): Promise<void> {
    const [what, act] = drawOutsideAct(this.world, new SeededRandom(this.random.below(2 ** 31))) ?? [];
    if (what === undefined || act === undefined) return;
    const [kind = '', detail = ''] = what.split(': ');
    this.note(kind, detail);
    await this.gates.begin(act);
  }

  private async jumpClock(): Promise<void> {
    const seconds = this.pick(JUMPS_SECONDS);
    this.note('clock jumps', `${seconds} s`);
    this.world.clock.advanceSeconds(seconds);
  }

  /** Most often somebody who is held at a crash point: that is where it matters. */
  private async killOne(): Promise<void> {
    const held = this.pickOf(this.gates.held);
    const victim = this.random.next() < 0.8 && held ? (held.mortal as Replica) : this.pickOf(this.world.replicas);
    if (victim === undefined) return;
    const points = this.gates.held.filter(({ mortal }) => mortal === victim).map(({ point }) => point);
    this.note('kills', `${victim.name} at ${points.join(', ') || 'no point'}`);
    this.gates.abandon(victim);
    this.world.kill(victim);
    await this.world.startReplica(victim.roles);
  }

  /** Breaks a replica's connections to the database for a moment, or until this is drawn again. */
  private async cutConnections(): Promise<void> {
    const cut = this.world.replicas.find(({ database }) => database.isCut);
    const replica = cut ?? this.pickOf(this.world.replicas);
    if (replica === undefined) return;
    const lasts = cut === undefined && this.random.next() < 0.5;
    this.note('connection cuts', `${replica.name}: ${cut ? 'healed' : lasts ? 'cut' : 'broken for a moment'}`);
    if (lasts) replica.database.cut();
    else replica.database.restore();
  }

  private async crashDatabase(): Promise<void> {
    this.note('database crashes', '');
    await this.world.crashDatabase();
  }

  private armFault(): void {
    if (this.world.hasKakaopay && this.kakaopay.next() < KAKAOPAY_SHARE) return this.armKakaopayFault();
    if (this.random.next() < TOSS_SHARE) return this.armTossFault();
    const order = drawFault(this.random);
    this.note('gateway faults', JSON.stringify(order));
    this.world.simulator.control.armFault(order);
  }

  private armTossFault(): void {
    const order = drawTossFault(this.random);
    this.note('Toss faults', JSON.stringify(order));
    this.world.simulator.toss.armFault(order);
  }

  private armKakaopayFault(): void {
    const order = drawKakaopayFault(this.kakaopay);
    this.note('KakaoPay faults', JSON.stringify(order));
    this.world.simulator.kakaopay.armFault(order);
  }

  private holds(mortal: Mortal, point: CrashPoint): boolean {
    const isHeld = !this.isUndisturbed && this.random.next() < this.holdShare;
    if (isHeld) this.note('held', `${mortal.name} at ${point}`);
    return isHeld;
  }

  private async rest(): Promise<string[]> {
    this.isUndisturbed = true;
    this.note('rest', '');
    for (let gate = this.pickOf(this.gates.held); gate; gate = this.pickOf(this.gates.held))
      await this.gates.open(gate);
    const broken = await comeToRest(this.world, [...this.work, ...this.errands], this.operator);
    for (const { type, approvals, cancels } of this.world.simulator.toss.bookEntries()) {
      if (approvals > 0) this.note(type === 'BILLING' ? 'charged cards' : 'paid in the window', '');
      for (const { amount } of cancels) this.note('given back by Toss', `${amount} won`);
    }
    for (const { isSubscription, approvedAmount, cancels } of this.world.simulator.kakaopay.bookEntries()) {
      if (approvedAmount > 0) this.note(isSubscription ? 'charged SIDs' : 'paid by KakaoPay', '');
      for (const { amount } of cancels) this.note('given back by KakaoPay', `${amount} won`);
    }
    return broken;
  }

  private drawWork(): Work[] {
    const uploads = Array.from({ length: this.random.below(MOST_UPLOADS + 1) }, (_, index) => {
      const content = requestFile(1 + this.random.below(MOST_CHARGES), `s${this.seed}-${index}-`);
      return this.workOf(`upload ${index}`, (replica) => this.world.upload(replica, content));
    });
    const dates = DATES.slice(0, uploads.length === 0 ? 2 : this.random.below(3));
    const runs = dates.map((date) => this.workOf(`run of ${date}`, (replica) => replica.plan(date).then(() => true)));
    return [...uploads, ...runs];
  }

  private drawBuyers(random: SeededRandom): Work[] {
    return Array.from({ length: random.below(MOST_BUYERS + 1) }, (_, index) =>
      drawBuyer(this.world, `order ${this.seed}-${index}`, random),
    );
  }

  /** Of the customers who have subscribed, the first ones. */
  private drawCardHolders(random: SeededRandom): Work[] {
    return Array.from({ length: random.below(MOST_CARDS + 1) }, (_, index) =>
      drawCardHolder(this.world, `card ${this.seed}-${index}`, `customer-${index}`, random),
    );
  }

  /** Of the customers who have subscribed, the last ones. */
  private drawKakaopayCustomers(): Work[] {
    const random = this.kakaopay;
    const buyers = Array.from({ length: 1 + random.below(MOST_KAKAOPAY_BUYERS) }, (_, index) =>
      drawKakaopayBuyer(this.world, `kakaopay ${this.seed}-${index}`, random),
    );
    const holders = Array.from({ length: random.below(MOST_SIDS + 1) }, (_, index) =>
      drawSidHolder(this.world, `sid ${this.seed}-${index}`, `customer-${LAST_CUSTOMER - index}`, random),
    );
    return [...holders, ...buyers];
  }

  private workOf(name: string, bringIn: (replica: Replica) => Promise<boolean>): Work {
    const work: Work = {
      name,
      isDone: false,
      attempt: async (replica) => {
        work.isDone = (await bringIn(replica)) || work.isDone;
      },
    };
    return work;
  }

  private note(kind: string, what: string): void {
    this.events[kind] = (this.events[kind] ?? 0) + 1;
    this.say(`${kind}: ${what}`);
  }

  private pick<Item>(items: readonly Item[]): Item {
    return items[this.random.below(items.length)] as Item;
  }

  private pickOf<Item>(items: readonly Item[]): Item | undefined {
    return items.length === 0 ? undefined : this.pick(items);
  }
}
