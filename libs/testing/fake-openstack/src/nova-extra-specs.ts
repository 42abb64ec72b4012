import { Refusal } from './frame.ts';

/** What the value of an extra spec must be. */
type Rule =
  | { readonly type: 'any' }
  | { readonly type: 'boolean' }
  | { readonly type: 'integer'; readonly min?: number }
  | { readonly type: 'words'; readonly words: readonly string[] }
  | { readonly type: 'pattern'; readonly pattern: string };

const any: Rule = { type: 'any' };
const bool: Rule = { type: 'boolean' };
const integer = (min?: number): Rule => (min === undefined ? { type: 'integer' } : { type: 'integer', min });
const words = (...list: string[]): Rule => ({ type: 'words', words: list });
const pattern = (text: string): Rule => ({ type: 'pattern', pattern: text });

const CPUS = '\\^?\\d+((-\\d+)?(,\\^?\\d+(-\\d+)?)?)*';
const GROUP = '([a-zA-Z0-9_-]{1,64})?';

/** Extra specs that Nova knows (nova/api/validation/extra_specs), by an expression over the whole name. */
const RULES: readonly (readonly [name: string, rule: Rule])[] = [
  ['accel:device_profile', any],
  ['aggregate_instance_extra_specs:.+', any],
  ['capabilities:.+', any],
  ['hw:cpu_realtime', bool],
  ['hw:cpu_realtime_mask', pattern('(\\^)?\\d+((-\\d+)?(,\\^?\\d+(-\\d+)?)?)*')],
  ['hw:hide_hypervisor_id', bool],
  ['hw:cpu_policy', words('dedicated', 'shared', 'mixed')],
  ['hw:cpu_thread_policy', words('prefer', 'isolate', 'require')],
  ['hw:emulator_threads_policy', words('isolate', 'share')],
  ['hw:cpu_dedicated_mask', pattern(CPUS)],
  ['hw:mem_page_size', pattern('(large|small|any|\\d+([kKMGT]i?)?(b|bit|B)?)')],
  ['hw:locked_memory', bool],
  ['hw:numa_nodes', integer(1)],
  ['hw:numa_cpus.\\d+', pattern(CPUS)],
  ['hw:numa_mem.\\d+', integer(1)],
  ['hw:pci_numa_affinity_policy', words('required', 'preferred', 'legacy', 'socket')],
  ['hw:(max_)?cpu_(sockets|cores|threads)', integer(1)],
  ['hw:(boot_menu|vif_multiqueue_enabled|mem_encryption|pmu|virtio_packed_ring|ephemeral_encryption)', bool],
  ['hw:pmem', pattern('([a-zA-Z0-9_]+(,)?)+')],
  ['hw:serial_port_count', integer(0)],
  ['hw:tpm_model', words('tpm-tis', 'tpm-crb')],
  ['hw:tpm_version', words('1.2', '2.0')],
  ['hw:watchdog_action', words('none', 'pause', 'poweroff', 'reset', 'disabled')],
  ['hw:viommu_model', words('intel', 'smmuv3', 'virtio', 'auto')],
  ['hw:ephemeral_encryption_format', words('luks')],
  ['hw_rng:allowed', bool],
  ['hw_rng:rate_(bytes|period)', integer(0)],
  ['hw_video:ram_max_mb', integer(0)],
  ['hide_hypervisor_id', bool],
  ['group_policy', words('isolate', 'none')],
  ['os:secure_boot', words('disabled', 'required')],
  ['pci_passthrough:alias', pattern('[^:]+:\\d+(?:\\s*,\\s*[^:]+:\\d+)*')],
  ['quota:cpu_(shares|period)', integer(0)],
  ['quota:cpu_quota', integer()],
  ['quota:(cpu|memory|disk_io|vif)_limit', integer(0)],
  ['quota:(cpu|memory|disk_io|vif)_reservation', integer()],
  ['quota:(cpu|memory|disk_io|vif)_shares_level', words('custom', 'high', 'normal', 'low')],
  ['quota:(cpu|memory|disk_io|vif)_shares_share', integer(0)],
  ['quota:disk_(read|write|total)_(bytes|iops)_sec', integer(0)],
  ['quota:vif_(inbound|outbound)_(average|peak|burst)', integer(0)],
  [`resources${GROUP}:[A-Z0-9_]+`, integer()],
  [`trait${GROUP}:[A-Z0-9_]+`, words('required', 'forbidden')],
  ['vmware:(hw_version|storage_policy)', any],
];

/** Namespaces in which Nova refuses names that it does not know. */
const NAMESPACES = [
  ...['accel', 'aggregate_instance_extra_specs', 'capabilities', 'hw', 'hw_rng', 'hw_video', 'os', 'pci_passthrough'],
  ...['quota', `resources${GROUP}`, `trait${GROUP}`, 'vmware'],
];

/** Refuses an extra spec as Nova does since 2.86: an unknown name in a known namespace, or a wrong value. */
export function refuseExtraSpec(name: string, value: string): void {
  const rule = RULES.find(([known]) => fullMatch(known, name))?.[1];
  if (rule !== undefined) return refuseValue(rule, value);
  const [namespace = ''] = name.split(':', 1);
  if (!name.includes(':') || !NAMESPACES.some((known) => fullMatch(known, namespace))) return;
  throw new Refusal(400, `Validation failed; extra spec '${name}' does not appear to be a valid extra spec.`);
}

function refuseValue(rule: Rule, value: string): void {
  const flaw = flawOf(rule, value);
  if (flaw !== undefined) throw new Refusal(400, `Validation failed; '${value}' ${flaw}.`);
}

function flawOf(rule: Rule, value: string): string | undefined {
  switch (rule.type) {
    case 'any':
      return undefined;
    case 'boolean':
      return /^\s*(1|0|t|f|true|false|on|off|y|n|yes|no)\s*$/i.test(value)
        ? undefined
        : 'is not a valid boolean-like value';
    case 'integer':
      if (!/^\s*[-+]?\d+\s*$/.test(value)) return 'is not a valid integer value';
      return rule.min !== undefined && Number(value) < rule.min
        ? `is less than the min value of '${rule.min}'`
        : undefined;
    case 'words':
      return rule.words.includes(value) ? undefined : `is not one of: ${rule.words.join(', ')}`;
    case 'pattern':
      return fullMatch(rule.pattern, value) ? undefined : `is not of the format '${rule.pattern}'`;
  }
}

function fullMatch(expression: string, text: string): boolean {
  return new RegExp(`^(?:${expression})$`).test(text);
}
