import { isSlots } from './slots-by-service.ts';
import type { LimitOfRequests, Slots } from './settings.ts';
import { isBandwidth } from './bytes-per-second.ts';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  IsPositive,
  IsString,
  Matches,
  Max,
  Min,
  MinLength,
  ValidateBy,
} from 'class-validator';

const anyText = { message: 'it must be text' };
const yesOrNo = { message: 'it must be true or false' };
const count = { message: 'it must be a whole number' };
const bandwidth = (): PropertyDecorator =>
  ValidateBy(
    { name: 'bandwidth', validator: { validate: isBandwidth } },
    { message: 'it must be bytes per second with a unit, like 50MB/s or 800Mbit/s, or none' },
  );
const slots = (): PropertyDecorator =>
  ValidateBy(
    { name: 'slots', validator: { validate: isSlots } },
    { message: 'it must be a whole number, or whole numbers by service' },
  );
const limitOfRequests = (isOne: (value: unknown) => boolean, what: string): PropertyDecorator =>
  ValidateBy(
    {
      name: 'limit',
      validator: { validate: (value) => isOne(value) || (isMapping(value) && Object.values(value).every(isOne)) },
    },
    { message: `it must be ${what}, or such numbers by cloud/service, service, cloud and otherwise` },
  );
const isMapping = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isRate = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value) && value > 0;
const isCount = (value: unknown): boolean => Number.isInteger(value) && Number(value) > 0;
const aboveZero = { message: 'it must be greater than 0' };
const logLevels = ['debug', 'info', 'warning', 'error'];

/**
 * The keys that a configuration file may have, with their defaults: those of the Python tool and, at the end, ours. The
 * names and defaults of the first are that tool's, so that its files go on working.
 */
export class SettingsFile {
  /** How much is said: `debug`, `info`, `warning`, `error`. */
  @IsIn(logLevels, { message: `it must be one of ${logLevels.join(', ')}` })
  log_level: string = 'info';

  /** Where a log file is kept; none: nowhere. */
  @IsOptional()
  @IsString(anyText)
  log_dir: string | null = null;

  /** Whether the log is also printed. */
  @IsBoolean(yesOrNo)
  log_console = true;

  /** Your `clouds.yaml`; none: where OpenStack’s own tools look for it. */
  @IsOptional()
  @IsString(anyText)
  cloud_config_file: string | null = null;

  /** The cloud to migrate from, by its name in `clouds.yaml`. */
  @IsOptional()
  @IsString(anyText)
  @MinLength(1, { message: 'it must not be empty' })
  source_cloud_name: string | null = null;

  /** The cloud to migrate to. */
  @IsOptional()
  @IsString(anyText)
  @MinLength(1, { message: 'it must not be empty' })
  destination_cloud_name: string | null = null;

  /** The Python tool’s database: taken over once where it is there, and never written. */
  @IsString(anyText)
  @MinLength(1, { message: 'it must not be empty' })
  database_file = '~/.local/share/openstack-migrate/sqlite.db';

  /** Where shares are mounted for as long as their contents are copied: only mount points are made below it. */
  @IsString(anyText)
  temporary_migration_dir = '~/.local/share/openstack-migrate/migration_dir';

  /** The credential is an administrator’s: owners are carried over, and everything that it sees may be migrated. */
  @IsBoolean(yesOrNo)
  multitenant_mode = true;

  /** Taken from the Python tool’s files and not used: data flow as they come. */
  @IsInt(count)
  @IsPositive(aboveZero)
  image_transfer_chunk_size = 33_554_432;

  /** Seconds that a volume may take to become an image, or an image a volume. */
  @IsInt(count)
  @IsPositive(aboveZero)
  volume_upload_timeout = 1800;

  /** Seconds that any other resource may take to become ready. */
  @IsInt(count)
  @IsPositive(aboveZero)
  resource_creation_timeout = 300;

  /** Volumes keep their type, which is migrated with them. */
  @IsBoolean(yesOrNo)
  preserve_volume_type = false;

  /** Volumes are made in the zone of the same name. */
  @IsBoolean(yesOrNo)
  preserve_volume_availability_zone = false;

  /** Instances are made in the zone of the same name. */
  @IsBoolean(yesOrNo)
  preserve_instance_availability_zone = false;

  /** Load balancers are made in the zone of the same name. */
  @IsBoolean(yesOrNo)
  preserve_load_balancer_availability_zone = false;

  /** Networks keep their availability zone hints. */
  @IsBoolean(yesOrNo)
  preserve_network_availability_zone = false;

  /** Routers keep their availability zone hints. */
  @IsBoolean(yesOrNo)
  preserve_router_availability_zone = false;

  /** Shares keep their type. */
  @IsBoolean(yesOrNo)
  preserve_share_type = true;

  /** Shares keep their access rules. */
  @IsBoolean(yesOrNo)
  preserve_share_access_rules = true;

  /** Networks keep their segmentation id. */
  @IsBoolean(yesOrNo)
  preserve_network_segmentation_id = false;

  /** Ports keep their MAC address. */
  @IsBoolean(yesOrNo)
  preserve_port_mac_address = false;

  /** Floating IPs are tied to their ports again. */
  @IsBoolean(yesOrNo)
  preserve_port_floating_ip = false;

  /** Floating IPs keep their address. */
  @IsBoolean(yesOrNo)
  preserve_port_floating_ip_address = true;

  /** Ports keep their fixed IPs. */
  @IsBoolean(yesOrNo)
  preserve_port_fixed_ips = true;

  /** Routers keep their external address where the destination’s network has it. */
  @IsBoolean(yesOrNo)
  preserve_router_ip = true;

  /** The address from which shares are mounted; none: found from the route. */
  @IsOptional()
  @IsString(anyText)
  manila_local_access_ip: string | null = null;

  /** The role that the migrating user borrows in projects it must act in. */
  @IsString(anyText)
  member_role_name = 'member';

  /** Keep the source's id where an API lets us choose it. */
  @IsBoolean(yesOrNo)
  preserve_ids = false;

  /** Consent that what is encrypted at the source arrives unencrypted. */
  @IsBoolean(yesOrNo)
  accept_unencrypted = false;

  /** How images go: `auto` takes the best way that both clouds allow; otherwise `direct`, `glance-direct` or `web-download`. */
  @IsIn(['auto', 'direct', 'glance-direct', 'web-download'], {
    message: 'it must be one of auto, direct, glance-direct, web-download',
  })
  image_transfer: string = 'auto';

  /** How volumes cross: whole (`raw`), or only what was ever written, compressed (`qcow2`); `auto` takes the quicker one. */
  @IsIn(['auto', 'raw', 'qcow2'], { message: 'it must be one of auto, raw, qcow2' })
  volume_disk_format: string = 'auto';

  /** Megabytes per second of the link between the clouds; none: a link that is no bottleneck. */
  @IsOptional()
  @IsNumber({}, { message: 'it must be a number' })
  @IsPositive(aboveZero)
  link_mbytes_per_second: number | null = null;

  /** GiB that temporary images, snapshots and volumes may take at a time in each cloud; none: what its quota allows. */
  @IsOptional()
  @IsNumber({}, { message: 'it must be a number' })
  @IsPositive(aboveZero)
  max_staging_gib: number | null = null;

  /** How often a share or container is copied, at most, while its clients may write to it. */
  @IsInt(count)
  @IsPositive(aboveZero)
  copy_passes = 3;

  /** Consent that clients of a share lose write access for the last copy. */
  @IsBoolean(yesOrNo)
  withdraw_share_access = false;

  /** Bytes per second that one process moves at most, all transfers together: `50MB/s`, `800Mbit/s`; none: as fast as it goes. `openstack-migrate limits` changes it while transfers run. */
  @IsOptional()
  @bandwidth()
  bandwidth_limit: string | number | null = null;

  /** Transfers that one process runs at a time with one cloud, at either end; none: as many as there are slots. */
  @IsOptional()
  @IsInt(count)
  @IsPositive(aboveZero)
  transfers_per_cloud: number | null = null;

  /** Steps that one process runs at a time on one backend (a volume type, a share type), where the step names one; none: any number. */
  @IsOptional()
  @IsInt(count)
  @IsPositive(aboveZero)
  transfers_per_backend: number | null = null;

  /** Seconds without a byte after which a transfer is broken off and tried again. A transfer that moves has no time limit. */
  @IsInt(count)
  @IsPositive(aboveZero)
  stall_timeout = 120;

  /** Whose transfers go first where places are short: `high`, `normal` or `low`. */
  @IsIn(['high', 'normal', 'low'], { message: 'it must be one of high, normal, low' })
  priority: string = 'normal';

  /** Where the event log and the registry live; none: beside the Python tool's database. */
  @IsOptional()
  @IsString(anyText)
  @MinLength(1, { message: 'it must not be empty' })
  data_directory: string | null = null;

  /** `embedded:` for one process, `nats://host:4222` for many: the only switch. */
  @IsString(anyText)
  @Matches(/^(embedded:|nats:\/\/.|tls:\/\/.)/, { message: 'it must be embedded: or begin with nats://' })
  event_log = 'embedded:';

  /** A `.creds` file, where the NATS server wants one. */
  @IsOptional()
  @IsString(anyText)
  nats_credentials: string | null = null;

  /** Steps that one process runs at once, for each service; or by service, with `otherwise` for the rest: `{data-transfer: 8, otherwise: 4}`. */
  @slots()
  slots: Slots = 8;

  /** Requests per second that one process makes at most to each service of a cloud: `50`, or `{network: 20, old: 30, old/compute: 5, otherwise: 100}` by service, cloud or both; none: what the cloud is found to take. */
  @IsOptional()
  @limitOfRequests(isRate, 'a number greater than 0')
  max_requests_per_second: LimitOfRequests | null = null;

  /** Requests that one process has under way at most with each service of a cloud, written in the same way; none: 16. Transfers do not count. */
  @IsOptional()
  @limitOfRequests(isCount, 'a whole number greater than 0')
  max_concurrent_requests: LimitOfRequests | null = null;

  /** Seconds within which a request of a dead worker has landed, or never will. */
  @Min(0, { message: 'it must be a number, 0 or more' })
  settle_seconds = 5;

  /** On NATS: seconds after which what a dead worker had in hand goes to another one. Longer than any failover of the servers; the same for all processes. */
  @Min(1, { message: 'it must be a number, 1 or more' })
  lease_seconds = 60;

  /** MiB that must be free where a process keeps its data before it begins another step; what is under way ends. */
  @Min(0, { message: 'it must be a number, 0 or more' })
  min_free_disk_mib = 64;

  /**
   * Whether a plan that deletes (originals, or twins again) needs a second person: another one than the one who has approved
   * it seconds it before it starts. What a plan needs is written into it when it is drafted.
   */
  @IsBoolean(yesOrNo)
  cleanup_needs_second = false;

  /** The address on which the admin API answers. One that other machines reach needs `gateway_insecure`. */
  @IsString(anyText)
  @MinLength(1, { message: 'it must not be empty' })
  gateway_host = '127.0.0.1';

  /** The port on which `gateway` answers; `serve --port` names its own. */
  @IsInt(count)
  @Min(1, { message: 'it must be a number, 1 or more' })
  @Max(65_535, { message: 'it must be a number, 65535 or less' })
  gateway_port = 8808;

  /** Consent that the admin API answers without TLS where other machines reach it, because a proxy before it has the TLS. */
  @IsBoolean(yesOrNo)
  gateway_insecure = false;

  /** The host names by which browsers ask the admin API, with commas between them; `localhost` and addresses always count. */
  @IsOptional()
  @IsString(anyText)
  gateway_names: string | null = null;

  /** Who is asking; none: the user of the operating system. */
  @IsOptional()
  @IsString(anyText)
  actor: string | null = null;
}
