/**
 * Loaded into a process before anything else (`node --import`): its wall clock is wrong. OSM_FAULT_CLOCK says by how many
 * milliseconds, and after a colon when it jumps and by how many: `3600000:5000,-7200000`. Timers go on as they are: those of
 * an operating system do.
 */
const [skew = '0', jump = ''] = (process.env['OSM_FAULT_CLOCK'] ?? '0').split(':');
const [after = Infinity, by = 0] = jump === '' ? [] : jump.split(',').map(Number);
const begun = performance.now();
const Real = Date;

const now = () => Real.now() + Number(skew) + (performance.now() - begun >= after ? by : 0);

globalThis.Date = new Proxy(Real, {
  construct: (target, args) => Reflect.construct(target, args.length === 0 ? [now()] : args),
  apply: () => new Real(now()).toString(),
  get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
});
