import { Failure } from '@osm/kernel';
import { asRoot } from './as-root.ts';
import { ofTheServer, tarRemedy } from './tar.ts';

/** An entry of a tree, as the file system tells of it without its content being read. */
export interface Listed {
  /** One letter of `find`: `f` file, `d` directory, `l` symbolic link; others are devices, pipes and sockets. */
  readonly kind: string;
  readonly size: number;
  /** Bytes that it takes on the disk: fewer than its size where it has holes. */
  readonly allocated: number;
  /** Seconds, with all digits after the point. */
  readonly mtime: string;
  readonly ctime: string;
  readonly mode: string;
  /** User and group by number. */
  readonly owners: string;
  /** The same for all names of one file. */
  readonly inode: string;
  /** How many names it has. */
  readonly names: number;
  /** Where a symbolic link points to. */
  readonly target: string;
}

/** The entries of a tree by path, each beginning with `.`; one byte a character. */
export type Listing = ReadonlyMap<string, Listed>;

const fields = ['%y', '%s', '%b', '%T@', '%C@', '%m', '%U:%G', '%D:%i', '%n', '%l', '%p'];

/** Lists a tree without reading a content, what file servers put at its top left out. */
export const listTree = async (directory: string, signal: AbortSignal): Promise<Listing> => {
  const skipped = ofTheServer.flatMap((path, at) => [...(at === 0 ? [] : ['-o']), '-path', path]);
  const args = [`--chdir=${directory}`, 'find', '.', '-ignore_readdir_race', '(', ...skipped, ')', '-prune'];
  // Sockets belong to programs that run: tar archives none.
  const format = `${fields.join('\\0')}\\0`;
  const { child, ended } = asRoot('env', [...args, '-o', '!', '-type', 's', '-printf', format], signal, [
    'ignore',
    'pipe',
  ]);
  if (child.stdout === null) throw new TypeError('find runs without a pipe');
  const listing = await parseListing(child.stdout);
  const { code, complaint } = await ended;
  if (code === 0) return listing;
  throw new Failure('copy-failed', `cannot list ${directory}: ${complaint || `find ended with ${String(code)}`}`, {
    remedy: tarRemedy(complaint),
  });
};

/** Reads what `find` prints: the fields of each entry in their order, each ended by a zero byte. */
export const parseListing = async (stream: AsyncIterable<Buffer>): Promise<Listing> => {
  const listing = new Map<string, Listed>();
  let rest = '';
  let values: string[] = [];
  for await (const chunk of stream) {
    const parts = (rest + chunk.toString('latin1')).split('\0');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      values.push(part);
      if (values.length < fields.length) continue;
      const [kind = '', size = '', blocks = '', mtime = '', ctime = '', mode = '', ...others] = values;
      const [owners = '', inode = '', names = '', target = '', path = ''] = others;
      const numbers = { size: Number(size), allocated: Number(blocks) * 512, names: Number(names) };
      listing.set(path, { kind, mtime, ctime, mode, owners, inode, target, ...numbers });
      values = [];
    }
  }
  return listing;
};
