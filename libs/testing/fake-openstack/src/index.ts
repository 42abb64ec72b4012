export { startFakeCloud } from './start-fake-cloud.ts';
export type { FakeCloud } from './start-fake-cloud.ts';
export { writeCloudsYaml } from './clouds-yaml.ts';
export type { CloudEntry, NamedCloud } from './clouds-yaml.ts';
export type { Cloud, FakeCloudOptions, Release } from './frame.ts';
export type { Fault, FaultAction, Faults, StandingFault } from './faults.ts';
export type { Ledger, LedgerEntry } from './ledger.ts';
export { readVolume, writeVolume } from './cinder-volume-bytes.ts';
