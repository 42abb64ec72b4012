/*
 * Loaded before a program: keeps, by inode, a copy of each file as it is when it was last synced. What a power cut leaves of a
 * file that was never synced since is that copy.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int drop(const char *path) {
  return ((int (*)(const char *))dlsym(RTLD_NEXT, "unlink"))(path);
}

static void keep(int fd) {
  const char *folder = getenv("SYNCED_COPIES");
  struct stat found;
  char to[4096], next[4128], bytes[65536];
  if (folder == NULL || fstat(fd, &found) != 0 || !S_ISREG(found.st_mode)) return;
  snprintf(to, sizeof to, "%s/%lu", folder, (unsigned long)found.st_ino);
  snprintf(next, sizeof next, "%s.%d.%d", to, getpid(), gettid());
  int out = open(next, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (out < 0) return;
  /* SQLite's locks on a file end with any descriptor of it that is closed: only what cannot be read as it is, is opened anew. */
  int in = fd;
  if ((fcntl(fd, F_GETFL) & O_ACCMODE) == O_WRONLY) {
    snprintf(bytes, sizeof bytes, "/proc/self/fd/%d", fd);
    in = open(bytes, O_RDONLY);
  }
  off_t at = 0;
  ssize_t count;
  while ((count = pread(in, bytes, sizeof bytes, at)) > 0) {
    if (write(out, bytes, count) != count) break;
    at += count;
  }
  close(out);
  if (in != fd) close(in);
  if (count == 0) rename(next, to);
  else drop(next);
}

/* Whether a path is the last name of a file, and where that file's copy is. */
static int copy_of(const char *path, char *copy, size_t size) {
  const char *folder = getenv("SYNCED_COPIES");
  struct stat found;
  if (folder == NULL || lstat(path, &found) != 0 || !S_ISREG(found.st_mode) || found.st_nlink != 1) return 0;
  snprintf(copy, size, "%s/%lu", folder, (unsigned long)found.st_ino);
  return 1;
}

/* The number of a file that is gone may be given to another one, which was never synced. */
int unlink(const char *path) {
  char copy[4096];
  int known = copy_of(path, copy, sizeof copy);
  int result = drop(path);
  if (known && result == 0) drop(copy);
  return result;
}

int fsync(int fd) {
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
  int result = real(fd);
  if (result == 0) keep(fd);
  return result;
}

int fdatasync(int fd) {
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  int result = real(fd);
  if (result == 0) keep(fd);
  return result;
}
