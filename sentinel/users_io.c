#include "sentinel/users_io.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "sentinel/admin_acl.h"
#include "sentinel/state_io.h"
#include "sentinel/users_file_io.h"
#include "wire/acl.h"
#include "wire/buf.h"
#include "wire/log_io.h"
#include "wire/sha256.h"

enum job_kind { JOB_STORE, JOB_SAVE, JOB_LOAD };

struct job {
    enum job_kind kind;
    uint64_t ticket;
};

struct users {
    uv_loop_t *loop;
    struct state *state;
    struct admin *admin;
    const char *acl_file;
    users_answer_fn *answer;
    void *arg;
    char base[STATE_USERS_BASE_MAX]; /* digest of requirepass as it was taken last; empty: none */
    struct job *jobs;                /* those that wait, and first those under way */
    size_t n_jobs, cap_jobs;
    size_t n_running;        /* 0: nothing is under way */
    void (*done)(void *arg); /* stopping, when set */
    void *done_arg;
    /* handed to the worker and back: */
    uv_work_t work;
    enum job_kind kind;
    struct buf text;
    char text_base[STATE_USERS_BASE_MAX];
    int rc;
    char error[USERS_ERROR_MAX];
};

static void next(struct users *users);

/* --- jobs ----------------------------------------------------------------------------------------
 */

/* On a thread of the pool. */
static void work(uv_work_t *work_of)
{
    struct users *users = work_of->data;

    switch (users->kind) {
    case JOB_STORE:
        users->rc = state_store_users(users->state, buf_slice(&users->text), users->text_base,
                                      users->error);
        break;
    case JOB_SAVE:
        users->rc = users_file_write(users->acl_file, buf_slice(&users->text), users->error);
        break;
    case JOB_LOAD:
        users->rc = users_file_read(users->acl_file, &users->text, users->error);
        break;
    }
}

/* The users become those of the file's text. */
static int take_text(struct users *users, char ret_error[USERS_ERROR_MAX])
{
    char fault[ACL_ERROR_MAX];

    if (acl_read(admin_acl(users->admin), buf_slice(&users->text), fault))
        return 0;
    snprintf(ret_error, USERS_ERROR_MAX,
             "%s:%s. WARNING: ACL errors detected, no change to the previously active ACL rules "
             "was performed",
             users->acl_file, fault);
    return -1;
}

/* What the clients are told of a failure. */
static const char *fault_of(const struct users *users, enum job_kind kind,
                            char text[USERS_ERROR_MAX + 128])
{
    static const char *const forms[] = {
        [JOB_STORE] = "The change is in force, but could not be stored: %s",
        [JOB_SAVE] = "There was an error trying to save the ACLs: %s",
        [JOB_LOAD] = "%s",
    };

    if (users->rc == 0)
        return NULL;
    snprintf(text, USERS_ERROR_MAX + 128, forms[kind], users->error);
    return text;
}

static void finish(struct users *users)
{
    void (*done)(void *arg) = users->done;
    void *done_arg = users->done_arg;

    buf_done(&users->text);
    free(users->jobs);
    free(users);
    done(done_arg);
}

/* The job has come to its end: answer those whose it was. */
static void settle(struct users *users)
{
    char text[USERS_ERROR_MAX + 128];
    size_t n = users->n_running;
    bool loaded = users->kind == JOB_LOAD && users->rc == 0 && !users->done;

    if (loaded)
        users->rc = take_text(users, users->error);
    const char *fault = fault_of(users, users->kind, text);
    if (fault)
        log_error("users: %s", users->error);
    for (size_t i = 0; i < n && !users->done; i++)
        users->answer(users->arg, users->jobs[i].ticket, fault);
    if (loaded && !fault)
        admin_acl_enforce(users->admin);
    users->n_jobs -= n;
    memmove(users->jobs, users->jobs + n, users->n_jobs * sizeof(*users->jobs));
    users->n_running = 0;
    buf_done(&users->text);
}

static void worked(uv_work_t *work_of, int status)
{
    struct users *users = work_of->data;

    assert(status == 0); /* it is never cancelled */
    settle(users);
    next(users);
}

/* Begin what stands first in the queue; all changes there are one job. False: it failed at once. */
static bool start(struct users *users)
{
    size_t n = 1;

    users->kind = users->jobs[0].kind;
    while (users->kind == JOB_STORE && n < users->n_jobs && users->jobs[n].kind == JOB_STORE)
        n++;
    users->n_running = n;
    buf_init(&users->text, ACL_TEXT_MAX);
    if (users->kind != JOB_LOAD)
        acl_write(admin_acl(users->admin), &users->text);
    memcpy(users->text_base, users->base, sizeof(users->text_base));
    users->rc = -1;
    snprintf(users->error, sizeof(users->error), "the users are more text than can be kept");
    return !users->text.overflow && uv_queue_work(users->loop, &users->work, work, worked) == 0;
}

/* Begin what waits, if nothing is under way; the end, when nothing waits and we stop. */
static void next(struct users *users)
{
    while (users->n_running == 0 && users->n_jobs > 0)
        if (!start(users))
            settle(users);
    if (users->n_jobs == 0 && users->done)
        finish(users);
}

static void add_job(struct users *users, enum job_kind kind, uint64_t ticket)
{
    if (users->n_jobs == users->cap_jobs) {
        size_t cap = users->cap_jobs ? users->cap_jobs * 2 : 16;
        struct job *jobs = cap <= USERS_JOBS_MAX ? realloc(users->jobs, cap * sizeof(*jobs)) : NULL;
        if (!jobs) {
            users->answer(users->arg, ticket, "too many changes wait to be stored");
            return;
        }
        users->jobs = jobs;
        users->cap_jobs = cap;
    }
    users->jobs[users->n_jobs++] = (struct job){ kind, ticket };
    next(users);
}

/* --- what the commands ask for -------------------------------------------------------------------
 */

static bool draw(void *arg, void *bytes, size_t n)
{
    (void)arg;
    for (size_t at = 0; at < n;) {
        ssize_t got = getrandom((char *)bytes + at, n - at, 0);
        if (got < 0 && errno != EINTR)
            return false;
        at += got > 0 ? (size_t)got : 0;
    }
    return true;
}

static void store(void *arg, uint64_t ticket)
{
    add_job(arg, JOB_STORE, ticket);
}

static void save(void *arg, uint64_t ticket)
{
    add_job(arg, JOB_SAVE, ticket);
}

static void load(void *arg, uint64_t ticket)
{
    add_job(arg, JOB_LOAD, ticket);
}

/* --- life ----------------------------------------------------------------------------------------
 */

struct users *users_new(uv_loop_t *loop, struct state *state, struct admin *admin,
                        const char *acl_file, users_answer_fn *answer, void *arg)
{
    static const struct admin_acl_ops in_state = { draw, store, NULL, NULL };
    static const struct admin_acl_ops in_file = { draw, NULL, save, load };
    struct users *users = calloc(1, sizeof(*users));

    if (!users)
        return NULL;
    users->loop = loop;
    users->state = state;
    users->admin = admin;
    users->acl_file = acl_file;
    users->answer = answer;
    users->arg = arg;
    users->work.data = users;
    admin_acl_join(admin, acl_file[0] ? &in_file : &in_state, users);
    return users;
}

int users_load(struct users *users, char ret_error[USERS_ERROR_MAX])
{
    char fault[ACL_ERROR_MAX];
    int rc;

    buf_init(&users->text, ACL_TEXT_MAX);
    if (users->acl_file[0]) {
        rc = users_file_read(users->acl_file, &users->text, ret_error);
        rc = rc == 0 ? take_text(users, ret_error) : rc;
    } else {
        rc = state_load_users(users->state, &users->text, users->base, ret_error);
        if (rc == 0 && !acl_read(admin_acl(users->admin), buf_slice(&users->text), fault)) {
            snprintf(ret_error, USERS_ERROR_MAX, "the users in the state cannot be read: line %s",
                     fault);
            rc = -1;
        }
    }
    buf_done(&users->text);
    return rc;
}

void users_require(struct users *users, const char *requirepass)
{
    char base[STATE_USERS_BASE_MAX] = "";

    if (users->acl_file[0])
        return;
    if (requirepass[0])
        sha256_hex(slice_str(requirepass), base);
    if (strcmp(base, users->base) == 0)
        return;
    if (!acl_require(admin_acl(users->admin), slice_str(requirepass))) {
        log_error("requirepass: no memory, the default user stays as it was");
        return;
    }
    memcpy(users->base, base, sizeof(base));
    log_notice("the default user has %s password", base[0] ? "a new" : "no");
    add_job(users, JOB_STORE, 0);
}

void users_stop(struct users *users, void (*done)(void *arg), void *arg)
{
    if (!users) {
        done(arg);
        return;
    }
    users->done = done;
    users->done_arg = arg;
    next(users);
}
