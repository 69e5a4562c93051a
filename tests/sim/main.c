/*
 * sim: runs seeds. Each is drawn, run and judged by itself; a failing one prints the
 * line that repeats it.
 *
 *   sim [-s SEED] [-n COUNT] [-j JOBS] [-f FAILURES] [-v]
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/sim/chaos.h"
#include "tests/sim/world.h"

#define JOBS_MAX     64
#define REPEAT_EVERY 200 /* each such seed is run twice, for the same trace */

/* What the processes share. */
struct tally {
    uint64_t next; /* seeds are dealt out from here */
    uint64_t passed, failed;
    struct stats sum;
    uint64_t settle_ms, settle_max_ms;
    uint64_t running[JOBS_MAX];
};

struct options {
    uint64_t seed, count, failures_max;
    int jobs;
    bool verbose;
};

static void add_stats(struct tally *tally, const struct world *w)
{
    const uint64_t *from = (const uint64_t *)&w->stats;
    uint64_t *to = (uint64_t *)&tally->sum;

    for (size_t i = 0; i < sizeof w->stats / sizeof *from; i++)
        __atomic_fetch_add(&to[i], from[i], __ATOMIC_RELAXED);
    if (w->failed || w->calm_at == MSEC_NEVER)
        return;
    uint64_t took = (uint64_t)(w->settled_at - w->calm_at);
    __atomic_fetch_add(&tally->settle_ms, took, __ATOMIC_RELAXED);
    if (took > tally->settle_max_ms)
        tally->settle_max_ms = took;
}

static struct world *run(uint64_t seed, bool verbose)
{
    struct plan plan;

    plan_draw(&plan, seed);
    struct world *w = world_new(&plan, verbose);
    chaos_begin(w);
    world_start(w);
    while (world_step(w))
        ;
    w->stats.ms = (uint64_t)w->now;
    return w;
}

/* The same seed again: nothing but the seed may have a say. */
static bool repeats(uint64_t seed, const struct world *w)
{
    struct world *again = run(seed, false);
    bool same = again->hash == w->hash;

    world_free(again);
    return same;
}

static bool run_seed(struct tally *tally, uint64_t seed, bool verbose)
{
    struct world *w = run(seed, verbose);
    bool ok = !w->failed;

    if (!ok)
        printf("FAIL seed %llu at %lld ms: %s\n     make sim SEED=%llu COUNT=1 V=1\n",
               (unsigned long long)seed, (long long)w->failed_at, w->failure,
               (unsigned long long)seed);
    else if (seed % REPEAT_EVERY == 1 && !repeats(seed, w)) {
        ok = false;
        printf("FAIL seed %llu: two runs differ\n", (unsigned long long)seed);
    }
    fflush(stdout);
    add_stats(tally, w);
    world_free(w);
    return ok;
}

static void work(struct tally *tally, const struct options *o, int job)
{
    for (;;) {
        uint64_t i = __atomic_fetch_add(&tally->next, 1, __ATOMIC_RELAXED);
        if (i >= o->count || tally->failed >= o->failures_max)
            break;
        tally->running[job] = o->seed + i;
        if (run_seed(tally, o->seed + i, o->verbose))
            __atomic_fetch_add(&tally->passed, 1, __ATOMIC_RELAXED);
        else
            __atomic_fetch_add(&tally->failed, 1, __ATOMIC_RELAXED);
    }
}

static pid_t start(struct tally *tally, const struct options *o, int job)
{
    fflush(stdout);
    pid_t pid = fork();
    if (pid < 0) {
        perror("sim: fork");
        exit(2);
    }
    if (pid == 0) {
        work(tally, o, job);
        exit(0);
    }
    return pid;
}

/* A process that was killed by an assertion takes its seed with it; the others go on. */
static void supervise(struct tally *tally, const struct options *o)
{
    pid_t pids[JOBS_MAX];
    int left = o->jobs;

    for (int i = 0; i < o->jobs; i++)
        pids[i] = start(tally, o, i);
    while (left > 0) {
        int status, job = 0;
        pid_t pid = wait(&status);
        while (job < o->jobs && pids[job] != pid)
            job++;
        left--;
        if (job == o->jobs || (WIFEXITED(status) && WEXITSTATUS(status) == 0))
            continue;
        uint64_t seed = tally->running[job];
        printf("FAIL seed %llu: the program itself failed\n     make sim SEED=%llu COUNT=1 V=1\n",
               (unsigned long long)seed, (unsigned long long)seed);
        __atomic_fetch_add(&tally->failed, 1, __ATOMIC_RELAXED);
        pids[job] = start(tally, o, job);
        left++;
    }
}

static uint64_t number(const char *text)
{
    char *end;
    unsigned long long value = strtoull(text, &end, 10);

    if (*text == '\0' || *end != '\0') {
        fprintf(stderr, "sim: '%s' is not a number\n", text);
        exit(2);
    }
    return value;
}

static struct options parse(int argc, char **argv)
{
    struct options o = { .seed = 1, .count = 2000, .failures_max = 10, .jobs = 2 };
    int c;

    while ((c = getopt(argc, argv, "s:n:j:f:v")) != -1) {
        if (c == 's')
            o.seed = number(optarg);
        else if (c == 'n')
            o.count = number(optarg);
        else if (c == 'j')
            o.jobs = (int)number(optarg);
        else if (c == 'f')
            o.failures_max = number(optarg);
        else if (c == 'v')
            o.verbose = true;
        else
            exit(2);
    }
    if (o.jobs < 1 || o.jobs > JOBS_MAX || o.seed == 0) {
        fprintf(stderr, "sim: jobs 1..%d, seeds from 1\n", JOBS_MAX);
        exit(2);
    }
    if (o.verbose)
        o.jobs = 1;
    return o;
}

int main(int argc, char **argv)
{
    struct options o = parse(argc, argv);
    struct tally *t =
        mmap(NULL, sizeof *t, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (t == MAP_FAILED) {
        perror("sim: mmap");
        return 2;
    }
    setvbuf(stdout, NULL, _IOFBF, 1 << 16);
    if (o.verbose && o.count == 1)
        work(t, &o, 0);
    else
        supervise(t, &o);
    printf(
        "sim: %llu steps, %llu faults, %llu crashes (%llu aimed), %llu elections, %llu switches, "
        "%llu orders, %llu s of virtual time; settled within %llu ms\n",
        (unsigned long long)t->sum.steps, (unsigned long long)t->sum.faults,
        (unsigned long long)t->sum.crashes, (unsigned long long)t->sum.aimed,
        (unsigned long long)t->sum.elections, (unsigned long long)t->sum.switches,
        (unsigned long long)t->sum.orders, (unsigned long long)(t->sum.ms / 1000),
        (unsigned long long)t->settle_max_ms);
    printf("sim: %llu passed, %llu failed\n", (unsigned long long)t->passed,
           (unsigned long long)t->failed);
    return t->failed == 0 && t->passed > 0 ? 0 : 1;
}
