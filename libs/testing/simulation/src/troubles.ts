import type { Process, Processes } from './processes.ts';
import type { Stage } from './stage.ts';

/** Milliseconds of trouble; afterwards nothing goes wrong any more. */
export const troubledFor = 8 * 60_000;

/** Enters the large faults of a seed into its time: deaths, pauses, cuts, outages, and a server that forgets. */
export const enterTroubles = (stage: Stage, processes: Processes): void => {
  const { chance, timeline, faults } = stage;
  const mood = chance.pick([0, 2, 5, 12]);
  for (let n = 0; n < mood; n++) {
    const trouble = chance.pick(troubles);
    timeline.after(chance.below(troubledFor), () => faults.isCalm || trouble(stage, processes));
  }
  timeline.after(troubledFor, () => {
    faults.isCalm = true;
    stage.trace('world', () => 'is calm from now on');
  });
};

type Trouble = (stage: Stage, processes: Processes) => void;

/** Deaths and pauses shortly after a request to a cloud are the ones that hurt: most fall into a busy moment. */
const victim = ({ chance }: Stage, { all }: Processes): Process => chance.pick(all);

const kill: Trouble = (stage, processes) => {
  processes.kill(victim(stage, processes), stage.chance.below(20_000));
};

/** One death after the other, each somewhere in the middle of what the last one left. */
const killAgainAndAgain: Trouble = (stage, processes) => {
  const process = victim(stage, processes);
  for (let n = 0, at = 0; n < 4; n++, at += 200 + stage.chance.below(30_000)) {
    stage.timeline.after(at, () => stage.faults.isCalm || processes.kill(process, stage.chance.below(1000)));
  }
};

const killAll: Trouble = (stage, processes) => {
  for (const process of processes.all) processes.kill(process, stage.chance.below(3000));
};

const pause: Trouble = (stage, processes) => {
  const { life } = victim(stage, processes);
  const milliseconds = stage.chance.pick([300, 5000, 25_000, 90_000]);
  stage.trace(life.name, () => `stands still for ${milliseconds} ms`);
  if (!life.isDead) life.suffer({ kind: 'paused', for: milliseconds });
};

/** One worker after the other stands still for longer than its lease, and goes on beside the one that took over. */
const standStill: Trouble = ({ chance, timeline, faults, trace }, { all }) => {
  const workers = all.filter(({ name }) => name.startsWith('worker'));
  for (let n = 0, at = 0; n < 4; n++, at += chance.below(40_000)) {
    timeline.after(at, () => {
      const { life } = chance.pick(workers);
      if (faults.isCalm || life.isDead) return;
      trace(life.name, () => 'stands still for longer than its lease');
      life.suffer({ kind: 'paused', for: chance.between(21_000, 120_000) });
    });
  }
};

const cut: Trouble = (stage, processes) => {
  const { life } = victim(stage, processes);
  const milliseconds = stage.chance.pick([1000, 10_000, 40_000]);
  stage.trace(life.name, () => `cannot reach the log for ${milliseconds} ms`);
  if (!life.isDead) life.suffer({ kind: 'cut', for: milliseconds });
};

const outage: Trouble = ({ chance, timeline, outages, trace }) => {
  const cloud = chance.pick(['source', 'destination']);
  const milliseconds = chance.pick([3000, 20_000, 120_000]);
  trace('world', () => `nobody reaches ${cloud} for ${milliseconds} ms`);
  outages.set(cloud, timeline.now + milliseconds);
};

/** All workers die, and while the next ones look for what these have left, the cloud answers everything but lists. */
const brownout: Trouble = ({ chance, timeline, outages, trace }, processes) => {
  const milliseconds = chance.pick([70_000, 150_000]);
  trace('world', () => `destination lists nothing for ${milliseconds} ms`);
  outages.set('lists of destination', timeline.now + milliseconds);
  for (const process of processes.all) {
    if (process.name.startsWith('worker')) processes.kill(process, chance.below(3000));
  }
};

/** The server of the log ends, some times within some minutes, and each time forgets what was acknowledged last. */
export const forget = ({ chance, timeline, faults, subscriptions, commands, trace }: Stage): void => {
  const once = (): void => {
    if (faults.isCalm) return;
    trace('world', () => 'the server of the log forgets what was acknowledged last');
    subscriptions.forgetAcks(12);
    commands.forgetAcks();
  };
  for (let n = chance.between(1, 4), at = 0; n > 0; n--, at += chance.below(60_000)) timeline.after(at, once);
};

const skewClock: Trouble = (stage, processes) => {
  const { life } = victim(stage, processes);
  life.skew = stage.chance.pick([-3_600_000, -5000, 5000, 3_600_000]);
  stage.trace(life.name, () => `has a clock that is wrong by ${life.skew} ms`);
};

/** A person deletes an original in the middle of its migration; of those that nothing else stands on. */
const deleteOriginal: Trouble = ({ chance, drawn, source, gone, trace }) => {
  const leaves = drawn.resources.filter(
    ({ type }) => type === 'disk' || type === 'picture' || type === 'security-group-rule',
  );
  if (leaves.length === 0) return;
  const { type, id } = chance.pick(leaves);
  trace('world', () => `a person deletes ${type} ${id} at the source`);
  gone.add(id);
  source.lose(`/${type}s`, id);
};

const troubles: readonly Trouble[] = [
  kill,
  kill,
  kill,
  killAgainAndAgain,
  killAll,
  pause,
  pause,
  standStill,
  standStill,
  cut,
  outage,
  forget,
  skewClock,
  deleteOriginal,
  brownout,
];
