/*
 * tests/fault/fail_sync.c - preloaded into the server: while the file FAIL_ARMED exists, nothing reaches the disk for sure.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

int
fsync(int fd)
{
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    const char *armed = getenv("FAIL_ARMED");
    if (!armed || access(armed, F_OK) != 0) return real(fd);
    errno = EIO;
    return -1;
}
