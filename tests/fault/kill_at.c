/*
 * tests/fault/kill_at.c - preloaded into the server: once the file KILL_ARMED exists, the process is killed at the KILL_AT-th call that
 * makes or ends something on disk.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void
count(void)
{
    static atomic_int calls;
    const char *armed = getenv("KILL_ARMED"), *at = getenv("KILL_AT");
    if (!armed || !at || access(armed, F_OK) != 0) return;
    if (atomic_fetch_add(&calls, 1) + 1 == atoi(at)) kill(getpid(), SIGKILL);
}

int
renameat2(int from, const char *a, int to, const char *b, unsigned int flags)
{
    int (*real)(int, const char *, int, const char *, unsigned int) = (int (*)(int, const char *, int, const char *, unsigned int))dlsym(RTLD_NEXT, "renameat2");
    count();
    return real(from, a, to, b, flags);
}

int
fsync(int fd)
{
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    count();
    return real(fd);
}

int
unlink(const char *path)
{
    int (*real)(const char *) = (int (*)(const char *))dlsym(RTLD_NEXT, "unlink");
    count();
    return real(path);
}
