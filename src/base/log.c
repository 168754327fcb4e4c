/*
 * base/log.c - one line per event on stderr: time, level, then key=value text.  Lines of different threads do not mix.
 */
#include "base.h"

#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static _Atomic int level = PZ_LOG_INFO;

void
pz_log_set_level(pz_log_level l)
{
    atomic_store(&level, (int)l);
}

bool
pz_log_on(pz_log_level l)
{
    return (int)l <= atomic_load_explicit(&level, memory_order_relaxed);
}

void
pz_log(pz_log_level l, const char *fmt, ...)
{
    static const char *const names[] = {"error", "warn", "info", "debug", "trace"};
    char line[4096];
    int64_t now;
    time_t seconds;
    struct tm tm;
    size_t n;
    int k;
    va_list ap;
    if (!pz_log_on(l)) return;
    now = pz_now_micros();
    seconds = (time_t)(now / 1000000);
    gmtime_r(&seconds, &tm);
    n = strftime(line, sizeof line, "time=%Y-%m-%dT%H:%M:%S", &tm);
    n += (size_t)snprintf(line + n, sizeof line - n, ".%03dZ level=%s ", (int)(now % 1000000 / 1000), names[l]);
    va_start(ap, fmt);
    k = vsnprintf(line + n, sizeof line - n - 1, fmt, ap);
    va_end(ap);
    if (k < 0) k = 0;
    n = n + (size_t)k < sizeof line - 2 ? n + (size_t)k : sizeof line - 2;
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)line[i] < ' ') line[i] = ' ';        /* one event, one line */
    line[n++] = '\n';
    (void)!write(STDERR_FILENO, line, n);
}
