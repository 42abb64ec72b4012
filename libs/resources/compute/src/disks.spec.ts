import { describe, expect, it } from 'vitest';
import { disksAsked, inDeviceOrder } from './disks.ts';
import { instanceFixture } from './fixtures/instance.fixture.ts';
import { refuse } from './instance-refusals.ts';
import { InstanceSource, type Attachment, type Instance } from './instance-source.ts';

const attached = (volume_id: string, device: string | null): Attachment => ({
  ...{ volume_id, device, tag: null, delete_on_termination: true },
});
const server = (changes: Partial<Instance>): Instance => ({
  ...InstanceSource.parse(instanceFixture.minimal),
  ...changes,
});
const to = (id: string): string => `twin-${id}`;
const booted = (s: Instance) => disksAsked(s, 'root-image', to)?.map(({ uuid, boot_index }) => [uuid, boot_index]);

describe('the disks of a server', () => {
  it('are in the order in which they were attached', () => {
    const devices = [
      attached('c', '/dev/vdaa'),
      attached('d', null),
      attached('b', '/dev/vdc'),
      attached('a', '/dev/vdb'),
    ];
    expect(inDeviceOrder(devices).map(({ volume_id }) => volume_id)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('defect 9: name the image as a local disk where volumes stand beside it', () => {
    const s = server({ attachments: [attached('a', '/dev/vdb')] });
    expect(booted(s)).toEqual([
      ['root-image', 0],
      ['twin-a', -1],
    ]);
    expect(disksAsked(server({}), 'root-image', to)).toBeUndefined();
  });

  it('begin with the volume at the root device, whatever it is called', () => {
    const s = server({
      ...{ image: '', 'OS-EXT-SRV-ATTR:root_device_name': '/dev/hdc' },
      attachments: [attached('iso', '/dev/hda'), attached('root', '/dev/hdc')],
    });
    expect(booted(s)).toEqual([
      ['twin-root', 0],
      ['twin-iso', -1],
    ]);
  });

  it('are not guessed at: without a root device only a single volume can be the root', () => {
    const two = [attached('a', '/dev/vda'), attached('b', '/dev/vdb')];
    const hidden = { image: '', 'OS-EXT-SRV-ATTR:root_device_name': undefined } as const;
    expect(() => booted(server({ ...hidden, attachments: two }))).toThrow('none of its volumes is at its root device');
    expect(booted(server({ ...hidden, attachments: two.slice(0, 1) }))).toEqual([['twin-a', 0]]);
  });
});

describe('a server whose flavor is gone', () => {
  it('defect 30: is refused in words, with what to do', () => {
    expect(() => refuse(server({ flavor_id: null }))).toThrow(
      'its flavor c1.small has been deleted or made anew with other sizes',
    );
    expect(() => refuse(server({}))).not.toThrow();
  });
});
