/** What of a resource stands in temporary copies at the source while it moves. */
export interface Staging {
  /** GiB that all of them take at a time. */
  readonly gib: number;
  /** What shares one of these keys is copied as of one moment: the disks of a server, by the id of the server. */
  readonly together: readonly string[];
}
