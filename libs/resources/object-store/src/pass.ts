import { isFailure } from '@osm/kernel';
import { copyLink } from './copy-link.ts';
import { copyLargeObject, copyObject, headOf, type Copied, type Copier, type Over } from './copy-object.ts';
import { settleDynamic } from './dynamic-object.ts';
import { inLanes, type Lanes } from './lanes.ts';
import { isLink, listObjects, paired, type Listed } from './listing.ts';
import { isSomebodyElses } from './is-somebody-elses.ts';
import { sameHeaders } from './object-headers.ts';
import { openTally, type Passed, type Tally } from './tally.ts';
import { updateObject } from './update-object.ts';

/** Which objects, and whether what differs is copied or only found. */
export interface Scope {
  readonly container: string;
  readonly prefix: string;
  readonly copies: boolean;
}

/** Objects that are looked at or copied at a time. */
const abreast = 64;
/** An original that is that much older than its twin has not been changed since it was copied. */
const settledMs = 2000;

/** What stands on other objects, and comes after them. */
interface Later {
  readonly kind: 'large' | 'dynamic' | 'link';
  readonly name: string;
  readonly over: Over;
}

interface Pass {
  readonly copier: Copier;
  readonly scope: Scope;
  readonly tally: Tally;
  readonly later: Later[];
}

/** Compares all objects of a container with those of its twin, in the order of their names, and copies what differs. */
export const runPass = (given: Copier, scope: Scope): Promise<Passed> =>
  inLanes(abreast, given.signal, async (lanes, signal) => {
    const copier: Copier = { ...given, signal };
    const pass: Pass = { copier, scope, tally: openTally(), later: [] };
    const { container, prefix } = scope;
    const pairs = paired(
      listObjects(copier.source, container, signal, prefix),
      listObjects(copier.destination, container, signal, prefix),
    );
    for await (const pair of pairs) {
      pass.tally.count(pair);
      const { source: original, destination: twin } = pair;
      if (original === undefined) continue;
      await lanes.begin(() =>
        orTold(pass, original.name, () =>
          twin === undefined ? copy(pass, original.name, 'nothing') : compare(pass, original, twin),
        ),
      );
    }
    await lanes.end();
    // What they stand on is there now.
    for (const kind of ['large', 'dynamic', 'link'] as const) await finishLater(pass, kind, lanes);
    return pass.tally.result();
  });

const copy = async (pass: Pass, name: string, over: Over): Promise<void> => {
  const { copier, scope, tally } = pass;
  const { container } = scope;
  if (scope.copies) return note(pass, name, over, await copier.inLane(() => copyObject(copier, container, name, over)));
  // Listings show what expired a while ago; nothing but a look at the object itself tells.
  const there = await copier.inLane(() => headOf(copier.source, container, name, 'itself', copier.signal));
  if (there !== undefined) tally.differs(name, 'it goes on changing at the source');
};

const note = ({ tally, later }: Pass, name: string, over: Over, became: Copied): void => {
  if (became === 'copied' || became === 'copied-dynamic') tally.copied += 1;
  if (became === 'gone') tally.gone += 1;
  if (became === 'kept') tally.differs(name, 'somebody has written to it at the destination meanwhile');
  if (became === 'large' || became === 'link') later.push({ kind: became, name, over });
  if (became === 'copied-dynamic') later.push({ kind: 'dynamic', name, over });
};

/** Listings first; only what they leave in doubt is looked at itself. */
const compare = async (pass: Pass, original: Listed, twin: Listed): Promise<void> => {
  const { copier, scope, tally, later } = pass;
  const { name } = original;
  const age = twin.modified - copier.ahead - original.modified;
  if (original.etag !== twin.etag || original.bytes !== twin.bytes) {
    if (!isSomebodyElses(age)) return copy(pass, name, 'anything');
    return tally.differs(name, 'it is younger at the destination, so it is not overwritten');
  }
  const isSettled = age > settledMs && original.bytes > 0 && original.contentType === twin.contentType;
  if (isSettled || isLink(original)) return;
  if (!scope.copies) return lookOnly(pass, name);
  const looked = await copier.inLane(() => updateObject(copier, scope.container, original, !isSomebodyElses(age)));
  if (looked.found === 'kept')
    return tally.differs(name, 'its attributes are younger at the destination, so they are not overwritten');
  if (looked.found === 'other') return copy(pass, name, 'anything');
  if (looked.found === 'updated') tally.copied += 1;
  if (looked.headers['x-object-manifest'] !== undefined) later.push({ kind: 'dynamic', name, over: 'anything' });
};

/** A pass that copies nothing says what it would still have to send. */
const lookOnly = async ({ copier, scope, tally }: Pass, name: string): Promise<void> => {
  const { source, destination, signal } = copier;
  const [now, then] = await copier.inLane(() =>
    Promise.all([source, destination].map((cloud) => headOf(cloud, scope.container, name, 'itself', signal))),
  );
  if (now === undefined || (then !== undefined && sameHeaders(now, then))) return;
  tally.differs(name, 'its attributes go on changing at the source');
};

const finishLater = async (pass: Pass, kind: Later['kind'], lanes: Lanes): Promise<void> => {
  for (const one of pass.later.filter((other) => other.kind === kind)) {
    await lanes.begin(() => orTold(pass, one.name, () => finishOne(pass, one)));
  }
  await lanes.end();
};

const finishOne = async (pass: Pass, { kind, name, over }: Later): Promise<void> => {
  const { copier, scope, tally } = pass;
  const { container } = scope;
  if (kind === 'large') return noteLast(pass, name, await copyLargeObject(copier, container, name, over));
  if (kind === 'link') return noteLast(pass, name, await copier.inLane(() => copyLink(copier, container, name, over)));
  const differs = await settleDynamic(copier, container, name, async (within, prefix) => {
    const passed = await runPass(copier, { ...scope, container: within, prefix });
    tally.copied += passed.copied;
    return passed.unequal === 0 ? undefined : passed.reasons.join('; ');
  });
  if (differs !== undefined) tally.differs(name, differs);
};

/** Its turn is over: what has become something else meanwhile is for the next pass. */
const noteLast = (pass: Pass, name: string, became: Copied): void => {
  if (became === 'large' || became === 'link') pass.tally.differs(name, 'it goes on changing at the source');
  else note(pass, name, 'anything', became);
};

/** Codes of refusals that are about more than one object. */
const aboutAll = new Set(['not-found', 'forbidden', 'unauthorized', 'quota-exceeded', 'unreachable']);

/** A refusal of one object hides no other one; what may pass, or is about more than this object, stops the step. */
const orTold = async ({ tally }: Pass, name: string, work: () => Promise<void>): Promise<void> => {
  try {
    await work();
  } catch (error) {
    if (!isFailure(error) || error.disposition !== 'stop') throw error;
    if (aboutAll.has(error.code)) throw error;
    tally.differs(name, error.message);
  }
};
