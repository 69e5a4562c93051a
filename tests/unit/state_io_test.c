#include "sentinel/hold.h"
#include "sentinel/state_io.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sentinel/row.h"
#include "tests/unit/unit.h"
#include "wire/buf.h"

#define RUNID_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define RUNID_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

#define LOADED_MAX 16

struct loaded {
    struct row rows[LOADED_MAX];
    size_t n;
};

static char dir[64];
static char error[STATE_ERROR_MAX];

static const char *file(const char *name)
{
    static char path[128];

    snprintf(path, sizeof path, "%s/%s", dir, name);
    return path;
}

static void make_dir(void)
{
    snprintf(dir, sizeof dir, "/tmp/picket-state-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
    error[0] = '\0';
}

static void drop_dir(void)
{
    static const char *const names[] = { STATE_FILE, STATE_FILE "-wal", STATE_FILE "-shm",
                                         STATE_LOCK, STATE_FILE ".new" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(file(names[i]));
    CU_ASSERT_EQUAL(rmdir(dir), 0);
}

static struct state *open_state(void)
{
    struct state *state = NULL;

    if (state_open(&state, dir, error) != 0)
        printf("%s\n", error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(state);
    return state;
}

/* Opening must fail, for a reason in which WHAT occurs, and name the file. */
static void refuse(const char *what)
{
    struct state *state = NULL;

    error[0] = '\0';
    CU_ASSERT_EQUAL(state_open(&state, dir, error), -1);
    CU_ASSERT_PTR_NULL(state);
    CU_ASSERT_PTR_NOT_NULL(strstr(error, dir));
    CU_ASSERT_PTR_NOT_NULL(strstr(error, what));
    if (strstr(error, what) == NULL)
        printf("error: %s\n", error);
}

static void execute(const char *sql)
{
    sqlite3 *db = NULL;

    CU_ASSERT_EQUAL_FATAL(sqlite3_open(file(STATE_FILE), &db), SQLITE_OK);
    CU_ASSERT_EQUAL(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void write_file(const char *name, const char *text)
{
    FILE *to = fopen(file(name), "w");

    CU_ASSERT_PTR_NOT_NULL_FATAL(to);
    fputs(text, to);
    fclose(to);
}

static void collect(void *arg, const struct row *row)
{
    struct loaded *loaded = arg;

    CU_ASSERT_FATAL(loaded->n < LOADED_MAX);
    loaded->rows[loaded->n++] = *row;
}

static struct loaded *load(struct state *state)
{
    static struct loaded loaded;

    memset(&loaded, 0, sizeof loaded);
    CU_ASSERT_EQUAL(state_load(state, collect, &loaded, error), 0);
    return &loaded;
}

static const struct row *find(const struct loaded *loaded, enum row_kind kind, const char *group)
{
    for (size_t i = 0; i < loaded->n; i++) {
        if (loaded->rows[i].kind == kind && strcmp(loaded->rows[i].group, group) == 0)
            return &loaded->rows[i];
    }
    return NULL;
}

static struct row row_of(enum row_kind kind, const char *group)
{
    struct row row = { .kind = kind };

    strcpy(row.group, group);
    group_conf_init(&row.conf);
    group_conf_init(&row.base);
    return row;
}

/* One row of each kind, for the groups one and two. */
static size_t sample(struct row rows[12])
{
    size_t n = 0;

    rows[n] = row_of(ROW_EPOCH, "");
    rows[n++].epoch = UINT64_MAX - 1;
    rows[n] = row_of(ROW_GROUP, "one");
    addr_set(&rows[n].addr, "10.0.0.2", 6380);
    addr_set(&rows[n].base_addr, "10.0.0.1", 6379);
    rows[n].from_file = true;
    rows[n].epoch = 7;
    rows[n].conf.down_after_ms = 1234;
    rows[n].conf.crash_detection = 0;
    strcpy(rows[n].conf.auth_pass, "se'cret");
    rows[n++].base.down_after_ms = 4321;
    rows[n] = row_of(ROW_GROUP, "two");
    addr_set(&rows[n++].addr, "db.example", 6379);
    rows[n] = row_of(ROW_VOTE, "one");
    rows[n].epoch = 9;
    strcpy(rows[n++].runid, RUNID_A);
    rows[n] = row_of(ROW_REMOVED, "three");
    rows[n].base.down_after_ms = 777;
    addr_set(&rows[n++].base_addr, "10.0.0.3", 6379);
    rows[n] = row_of(ROW_LINEAGE, "one");
    lineage_push(&rows[n].lineage, RUNID_A);
    lineage_push(&rows[n++].lineage, RUNID_B);
    rows[n] = row_of(ROW_NODE, "one");
    rows[n].owed = rows[n].leased = true;
    addr_set(&rows[n++].addr, "10.0.0.1", 6379);
    rows[n] = row_of(ROW_PEER, "one");
    strcpy(rows[n].runid, RUNID_B);
    addr_set(&rows[n++].addr, "::1", 26379);
    rows[n] = row_of(ROW_HOLD, "two");
    rows[n++].until_wall_ms = INT64_C(1) << 52;
    rows[n] = row_of(ROW_HOLD, "one");
    rows[n].until_wall_ms = 1000;
    addr_set(&rows[n++].addr, "10.0.0.1", 6379);
    return n;
}

static void store_sample(struct state *state)
{
    struct row rows[12];
    size_t n = sample(rows);

    CU_ASSERT_EQUAL(state_store(state, rows, n, error), 0);
}

static void test_identity(void)
{
    char first[PEER_RUNID_LEN + 1];
    struct stat info;

    make_dir();
    struct state *state = open_state();

    CU_ASSERT_EQUAL(strlen(state_runid(state)), PEER_RUNID_LEN);
    strcpy(first, state_runid(state));
    CU_ASSERT(stat(file(STATE_FILE), &info) == 0 && (info.st_mode & 0777) == 0600);
    state_close(state);
    state = open_state();
    CU_ASSERT_STRING_EQUAL(state_runid(state), first);
    state_close(state);
    drop_dir();
    make_dir();
    state = open_state();
    CU_ASSERT_STRING_NOT_EQUAL(state_runid(state), first);
    state_close(state);
    drop_dir();
}

static void test_made_dir(void)
{
    struct stat info;

    make_dir();
    rmdir(dir);
    struct state *state = open_state();

    CU_ASSERT(stat(dir, &info) == 0 && (info.st_mode & 0777) == 0700);
    state_close(state);
    drop_dir();
    snprintf(dir, sizeof dir, "/tmp/no-such-dir-of-picket/state");
    refuse("cannot be made");
}

static void test_round_trip(void)
{
    make_dir();
    struct state *state = open_state();

    CU_ASSERT_EQUAL(load(state)->n, 0);
    store_sample(state);
    state_close(state);
    state = open_state();
    const struct loaded *loaded = load(state);

    CU_ASSERT_EQUAL(loaded->n, 10);
    CU_ASSERT_EQUAL(find(loaded, ROW_EPOCH, "")->epoch, UINT64_MAX - 1);
    const struct row *one = find(loaded, ROW_GROUP, "one");

    CU_ASSERT_PTR_NOT_NULL_FATAL(one);
    CU_ASSERT(strcmp(one->addr.host, "10.0.0.2") == 0 && one->addr.port == 6380);
    CU_ASSERT(strcmp(one->base_addr.host, "10.0.0.1") == 0 && one->from_file && one->epoch == 7);
    CU_ASSERT(one->conf.down_after_ms == 1234 && one->base.down_after_ms == 4321);
    CU_ASSERT(one->conf.crash_detection == 0 && one->base.crash_detection == 1);
    CU_ASSERT_STRING_EQUAL(one->conf.auth_pass, "se'cret");
    const struct row *two = find(loaded, ROW_GROUP, "two");

    CU_ASSERT_PTR_NOT_NULL_FATAL(two);
    CU_ASSERT(!two->from_file && !addr_is_set(&two->base_addr));
    CU_ASSERT(find(loaded, ROW_VOTE, "one")->epoch == 9);
    CU_ASSERT_STRING_EQUAL(find(loaded, ROW_VOTE, "one")->runid, RUNID_A);
    CU_ASSERT_EQUAL(find(loaded, ROW_REMOVED, "three")->base.down_after_ms, 777);
    CU_ASSERT_EQUAL(find(loaded, ROW_REMOVED, "three")->base_addr.port, 6379);
    CU_ASSERT_EQUAL(lineage_find(&find(loaded, ROW_LINEAGE, "one")->lineage, RUNID_B), 0);
    CU_ASSERT_EQUAL(lineage_find(&find(loaded, ROW_LINEAGE, "one")->lineage, RUNID_A), 1);
    CU_ASSERT(find(loaded, ROW_NODE, "one")->owed && find(loaded, ROW_NODE, "one")->leased);
    CU_ASSERT(find(loaded, ROW_PEER, "one")->addr.port == 26379);
    CU_ASSERT_FALSE(addr_is_set(&find(loaded, ROW_HOLD, "two")->addr));
    CU_ASSERT_EQUAL(find(loaded, ROW_HOLD, "two")->left_ms, HOLD_FOR_MAX_MS);
    CU_ASSERT_EQUAL(find(loaded, ROW_HOLD, "one")->left_ms, 0); /* it is over */
    CU_ASSERT_EQUAL(find(loaded, ROW_HOLD, "one")->addr.port, 6379);
    state_close(state);
    drop_dir();
}

static void test_replaced_and_gone(void)
{
    struct row row = row_of(ROW_NODE, "one");

    make_dir();
    struct state *state = open_state();

    store_sample(state);
    addr_set(&row.addr, "10.0.0.1", 6379); /* the same node: no longer owed */
    strcpy(row.runid, RUNID_A);
    CU_ASSERT_EQUAL(state_store(state, &row, 1, error), 0);
    CU_ASSERT_EQUAL(load(state)->n, 10);
    CU_ASSERT_FALSE(find(load(state), ROW_NODE, "one")->owed);
    row.kind = ROW_NODE_GONE;
    CU_ASSERT_EQUAL(state_store(state, &row, 1, error), 0);
    CU_ASSERT_PTR_NULL(find(load(state), ROW_NODE, "one"));
    CU_ASSERT_PTR_NULL(find(load(state), ROW_HOLD, "one"));
    row = row_of(ROW_HOLD_GONE, "two");
    CU_ASSERT_EQUAL(state_store(state, &row, 1, error), 0);
    CU_ASSERT_PTR_NULL(find(load(state), ROW_HOLD, "two"));
    row = row_of(ROW_GROUP_GONE, "one");
    CU_ASSERT_EQUAL(state_store(state, &row, 1, error), 0);
    CU_ASSERT_EQUAL(load(state)->n, 3); /* the epoch, group two, and three that is not there */
    row = row_of(ROW_REMOVED_GONE, "three");
    CU_ASSERT_EQUAL(state_store(state, &row, 1, error), 0);
    CU_ASSERT_EQUAL(load(state)->n, 2);
    state_close(state);
    drop_dir();
}

static void test_all_or_nothing(void)
{
    struct row rows[2] = { row_of(ROW_EPOCH, ""), row_of(ROW_VOTE, "one") };

    make_dir();
    struct state *state = open_state();

    rows[0].epoch = 5;
    strcpy(rows[1].runid, RUNID_A);
    CU_ASSERT_EQUAL(state_store(state, rows, 1, error), 0);
    execute("CREATE TRIGGER no BEFORE INSERT ON votes BEGIN SELECT RAISE(ABORT, 'no'); END");
    rows[0].epoch = 6;
    CU_ASSERT_EQUAL(state_store(state, rows, 2, error), -1);
    CU_ASSERT_PTR_NOT_NULL(strstr(error, STATE_FILE));
    CU_ASSERT_EQUAL(find(load(state), ROW_EPOCH, "")->epoch, 5);
    execute("DROP TRIGGER no");
    CU_ASSERT_EQUAL(state_store(state, rows, 2, error), 0);
    CU_ASSERT_EQUAL(find(load(state), ROW_EPOCH, "")->epoch, 6);
    CU_ASSERT_PTR_NOT_NULL(find(load(state), ROW_VOTE, "one"));
    state_close(state);
    drop_dir();
}

static void test_locked(void)
{
    char pid[24];

    make_dir();
    struct state *state = open_state();

    snprintf(pid, sizeof pid, "pid %ld", (long)getpid());
    refuse(pid);
    state_close(state);
    state_close(open_state());
    drop_dir();
}

static void test_not_a_database(void)
{
    make_dir();
    write_file(STATE_FILE, "this is no database, and it is long enough to be looked at as one, so "
                           "that nobody can take it for an empty one by accident ...............");
    refuse("damaged");
    write_file(STATE_FILE, ""); /* cut off: never taken for a new one */
    refuse("not a state file");
    drop_dir();
}

static void test_foreign(void)
{
    make_dir();
    execute("CREATE TABLE cats(name TEXT)");
    refuse("not a state file of picketd");
    drop_dir();
}

static void test_damaged_page(void)
{
    char zeros[2048] = "";

    make_dir();
    struct state *state = open_state();

    store_sample(state);
    state_close(state);
    int fd = open(file(STATE_FILE), O_WRONLY);

    CU_ASSERT_EQUAL(pwrite(fd, zeros, sizeof zeros, 4096), sizeof zeros);
    close(fd);
    refuse("damaged");
    drop_dir();
}

static void test_changed_schema(void)
{
    make_dir();
    state_close(open_state());
    execute("PRAGMA user_version=99");
    refuse("version 99");
    execute("PRAGMA user_version=1; DROP TABLE votes");
    refuse("votes");
    drop_dir();
    make_dir();
    state_close(open_state());
    execute("DELETE FROM meta");
    refuse("run id");
    drop_dir();
}

static void test_missing_database(void)
{
    make_dir();
    write_file(STATE_FILE "-wal", "left over");
    refuse("missing");
    CU_ASSERT_NOT_EQUAL(access(file(STATE_FILE), F_OK), 0);
    drop_dir();
}

static void test_unfinished_creation(void)
{
    make_dir();
    write_file(STATE_FILE ".new", "a crash left this");
    state_close(open_state());
    drop_dir();
}

/* Loading must fail, and name the kind of row. */
static void refuse_rows(const char *sql, const char *kind)
{
    struct loaded loaded = { .n = 0 };

    make_dir();
    struct state *state = open_state();

    store_sample(state);
    execute(sql);
    error[0] = '\0';
    CU_ASSERT_EQUAL(state_load(state, collect, &loaded, error), -1);
    CU_ASSERT_PTR_NOT_NULL(strstr(error, kind));
    CU_ASSERT_PTR_NOT_NULL(strstr(error, STATE_FILE));
    state_close(state);
    drop_dir();
}

static void test_bad_rows(void)
{
    refuse_rows("UPDATE meta SET value='-1' WHERE key='epoch'", "epoch");
    refuse_rows("UPDATE groups SET epoch='x'", "group");
    refuse_rows("UPDATE groups SET port=70000", "group");
    refuse_rows("UPDATE groups SET name='a b' WHERE name='one'", "group");
    refuse_rows("UPDATE group_options SET value='0' WHERE name='quorum'", "group");
    refuse_rows("UPDATE removed SET port=70000", "removed");
    refuse_rows("UPDATE lineages SET replids='short'", "lineage");
    refuse_rows("UPDATE votes SET run_id='short'", "vote");
    refuse_rows("UPDATE nodes SET host=''", "node");
    refuse_rows("UPDATE peers SET run_id=''", "peer");
}

static void test_unknown_option(void)
{
    make_dir();
    struct state *state = open_state();

    store_sample(state);
    execute("INSERT INTO group_options VALUES('one', 0, 'of_tomorrow', 'x');"
            "DELETE FROM group_options WHERE name='parallel_syncs'");
    const struct row *one = find(load(state), ROW_GROUP, "one");

    CU_ASSERT_PTR_NOT_NULL_FATAL(one);
    CU_ASSERT_EQUAL(one->conf.parallel_syncs, 1); /* the default */
    state_close(state);
    drop_dir();
}

/* What the state holds of users, as text. */
static const char *users_text(struct state *state, char base[STATE_USERS_BASE_MAX])
{
    static struct buf text;

    buf_reset(&text);
    CU_ASSERT_EQUAL(state_load_users(state, &text, base, error), 0);
    return buf_text(&text);
}

static void test_users(void)
{
    static const char lines[] = "user a on ~x (+ping)\nuser b off -@all\n";
    char base[STATE_USERS_BASE_MAX] = "?";

    make_dir();
    struct state *state = open_state();

    CU_ASSERT_STRING_EQUAL(users_text(state, base), "");
    CU_ASSERT_STRING_EQUAL(base, "");
    CU_ASSERT_EQUAL(state_store_users(state, slice_str(lines), "abc", error), 0);
    /* A line that is none takes nothing with it, and no user comes twice. */
    CU_ASSERT_EQUAL(state_store_users(state, slice_str("user c on\nuser c\n"), "d", error), -1);
    CU_ASSERT_EQUAL(state_store_users(state, slice_str("user c 1\nuser c 2\n"), "d", error), -1);
    state_close(state);
    state = open_state();
    CU_ASSERT_STRING_EQUAL(users_text(state, base), lines);
    CU_ASSERT_STRING_EQUAL(base, "abc");
    state_close(state);
    /* A state from before there were users. */
    execute("DROP TABLE users");
    state = open_state();
    CU_ASSERT_STRING_EQUAL(users_text(state, base), "");
    state_close(state);
    drop_dir();
}

static const struct unit_case cases[] = {
    { "users come back as they were stored", test_users },
    { "a fresh directory gets an identity, which stays", test_identity },
    { "the directory is made, private", test_made_dir },
    { "rows come back as they were stored", test_round_trip },
    { "rows are replaced and removed", test_replaced_and_gone },
    { "a batch is stored as a whole or not at all", test_all_or_nothing },
    { "a second one is refused and told by whom", test_locked },
    { "what is no database is an error", test_not_a_database },
    { "somebody else's database is an error", test_foreign },
    { "a damaged page is an error", test_damaged_page },
    { "another schema is an error", test_changed_schema },
    { "a database that has gone missing is an error", test_missing_database },
    { "an unfinished creation is begun anew", test_unfinished_creation },
    { "rows that make no sense are an error", test_bad_rows },
    { "options may be unknown or missing", test_unknown_option },
};

int main(void)
{
    return unit_main("state", cases, sizeof(cases) / sizeof(cases[0]));
}
