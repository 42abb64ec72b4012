import type { PlanStep } from '@osm/contracts';
import { refKey } from '@osm/kernel';
import { components } from './graph.ts';
import { placesOf } from './without-ridden.ts';
import type { World } from './world.ts';
import { addEdge, endsOf, stepId, withEdges, type Chosen, type Draft, type Edges } from './transform.ts';

/** What takes away: an original that has its twin, or a twin again. */
type Removal = 'remove' | 'roll-back';

/**
 * The draft with a `remove` step for each of these originals. Users go before what they use; and an original goes only
 * when the steps that make its twin, and the twins of all that use it, are done. With `roll-back` it is the twins that go,
 * in the same order.
 */
export const withRemovals = (
  draft: Draft,
  removed: ReadonlyMap<string, Chosen>,
  world: World,
  by: Removal = 'remove',
): Draft => {
  const edges: Edges = new Map();
  for (const [key, original] of removed) {
    for (const end of endsOf(draft.chains.get(key))) addEdge(edges, stepId(original.ref, by), end);
  }
  for (const [key, { needs, links }] of draft.resources) {
    for (const { ref } of [...needs, ...links]) {
      if (!removed.has(refKey(ref))) continue;
      for (const end of endsOf(draft.chains.get(key))) addEdge(edges, stepId(ref, by), end);
    }
  }
  for (const [used, users] of usersFirst(removed, world, by)) for (const user of users) addEdge(edges, used, user);
  const steps = new Map(draft.steps);
  for (const original of removed.values()) steps.set(stepId(original.ref, by), removal(original, by));
  return { ...draft, steps: withEdges(steps, edges) };
};

const removal = ({ ref, name, handler }: Chosen, by: Removal): PlanStep => ({
  id: stepId(ref, by),
  ref,
  name,
  step: by,
  service: handler.api.service,
  needs: [],
  always: false,
});

/**
 * By remove step: the remove steps of what needs it or is tied to it. Links may go round in circles; those that do so
 * say nothing about the order.
 */
const usersFirst = (removed: ReadonlyMap<string, Chosen>, world: World, by: Removal): Edges => {
  const byNeeds: Edges = new Map();
  const byLinks: [used: string, user: string][] = [];
  for (const { ref: user, needs, links } of removed.values()) {
    // What the cloud would delete with it goes with its own place first: that may turn out to stay.
    for (const place of placesOf(world.goingWith(user), world)) {
      if (removed.has(refKey(place)) && refKey(place) !== refKey(user))
        byLinks.push([stepId(user, by), stepId(place, by)]);
    }
    for (const { ref } of needs) {
      if (removed.has(refKey(ref))) addEdge(byNeeds, stepId(ref, by), stepId(user, by));
    }
    for (const { ref } of links) {
      if (removed.has(refKey(ref))) byLinks.push([stepId(ref, by), stepId(user, by)]);
    }
  }
  if (byLinks.length === 0) return byNeeds;
  const edges: Edges = new Map([...byNeeds].map(([used, users]) => [used, new Set(users)]));
  const circle = circles(removed, byNeeds, byLinks, by);
  for (const [used, user] of byLinks) if (circle.get(used) !== circle.get(user)) addEdge(edges, used, user);
  return edges;
};

/** By remove step: a number that it shares with those that would wait for each other. */
const circles = (
  removed: ReadonlyMap<string, Chosen>,
  byNeeds: Edges,
  byLinks: readonly (readonly [used: string, user: string])[],
  by: Removal,
): ReadonlyMap<string, number> => {
  const graph = new Map<string, string[]>();
  for (const { ref } of removed.values()) {
    const step = stepId(ref, by);
    graph.set(step, [...(byNeeds.get(step) ?? [])]);
  }
  for (const [used, user] of byLinks) graph.get(used)?.push(user);
  return new Map(components(graph).flatMap((component, at) => component.map((step) => [step, at] as const)));
};
