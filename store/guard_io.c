#include "store/guard_io.h"

#include <errno.h>
#include <libconfig.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "store/shell_io.h"
#include "wire/buf.h"
#include "wire/log_io.h"

enum { GATE_NO, GATE_YES, GATE_STRICT }; /* words of start-gate */

int64_t guard_clock_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_BOOTTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The settings of the file; false with the reason. */
static bool take_settings(struct guard *g, const config_t *config, char *ret_error)
{
    const char *holder = "";
    long long epoch = 0;

    if (config_lookup_int64(config, "lease_epoch", &epoch) == CONFIG_FALSE || epoch < 0) {
        snprintf(ret_error, FILE_ERROR_TEXT_MAX, "%s: lease_epoch is missing or wrong", GUARD_FILE);
        return false;
    }
    if (config_lookup_string(config, "lease_holder", &holder) == CONFIG_FALSE ||
        (holder[0] != '\0' && !guard_holder_is_valid(slice_str(holder)))) {
        snprintf(ret_error, FILE_ERROR_TEXT_MAX, "%s: lease_holder is missing or wrong",
                 GUARD_FILE);
        return false;
    }
    g->epoch = epoch;
    slice_copy(slice_str(holder), g->holder, sizeof(g->holder));
    return true;
}

bool guard_load(struct shell *sh, char ret_error[FILE_ERROR_TEXT_MAX])
{
    config_t config;
    FILE *f = fopen(GUARD_FILE, "re");
    bool ok;

    if (f == NULL && errno == ENOENT)
        return true;
    if (f == NULL) {
        snprintf(ret_error, FILE_ERROR_TEXT_MAX, "%s: %s", GUARD_FILE, strerror(errno));
        return false;
    }
    config_init(&config);
    ok = config_read(&config, f) == CONFIG_TRUE;
    if (!ok)
        snprintf(ret_error, FILE_ERROR_TEXT_MAX, "%s:%d: %s", GUARD_FILE,
                 config_error_line(&config), config_error_text(&config));
    ok = ok && take_settings(&sh->store.guard, &config, ret_error);
    config_destroy(&config);
    fclose(f);
    return ok;
}

/* Writes the file with this epoch and holder. */
static bool write_guard(int64_t epoch, struct slice holder, char *ret_error)
{
    struct buf text = { 0 };
    bool ok;

    buf_printf(
        &text,
        "# Written by picket-store: the highest epoch of the write lease (PICKET LEASE), and\n"
        "# who named it. Its presence says that this node has been at work before.\n"
        "lease_epoch = %lldL;\nlease_holder = \"%.*s\";\n",
        (long long)epoch, (int)holder.n, holder.p);
    ok = file_replace(GUARD_FILE, buf_slice(&text), ret_error);
    buf_done(&text);
    return ok;
}

bool guard_save(struct shell *sh, int64_t epoch, struct slice holder,
                char ret_error[FILE_ERROR_TEXT_MAX])
{
    if (!write_guard(epoch, holder, ret_error)) {
        log_error("%s", ret_error);
        return false;
    }
    guard_adopt(&sh->store.guard, epoch, holder);
    return true;
}

void guard_started(struct shell *sh, bool has_past)
{
    struct store *s = &sh->store;
    int64_t gate = option_number(&s->options, OPT_START_GATE);
    char error[FILE_ERROR_TEXT_MAX];

    if (gate == GATE_NO)
        return;
    if (access(GUARD_FILE, F_OK) == 0) {
        has_past = true;
    } else if (!write_guard(s->guard.epoch, slice_str(s->guard.holder), error)) {
        /* What cannot be remembered might have been forgotten before. */
        log_error("start-gate: %s", error);
        has_past = true;
    }
    if (addr_is_set(&s->options.primary) || !(has_past || gate == GATE_STRICT))
        return;
    s->guard.gate = GUARD_CLOSED;
    log_warning("the start gate is closed: writes and replicas are refused until a supervisor says "
                "PICKET CONFIRM or REPLICAOF");
}
