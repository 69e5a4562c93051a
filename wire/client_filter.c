#include "wire/client_filter.h"

#include "wire/acl.h"
#include "wire/client.h"
#include "wire/resp_write.h"

int client_class_parse(struct slice name)
{
    static const struct {
        const char *name;
        enum client_class class;
    } names[] = {
        { "normal", CLIENT_NORMAL }, { "replica", CLIENT_REPLICA }, { "slave", CLIENT_REPLICA },
        { "pubsub", CLIENT_PUBSUB }, { "master", CLIENT_MASTER },
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (slice_is_nocase(name, names[i].name))
            return (int)names[i].class;
    }
    return -1;
}

/* Each reads the value of one filter; false: the error has been written. */

static bool read_id(struct client_filter *f, struct resp_writer *w, struct slice value)
{
    int64_t id = 0;
    if (!slice_to_int64(value, &id) || id < 1) {
        resp_error(w, "ERR client-id should be greater than 0");
        return false;
    }
    f->id = (uint64_t)id;
    return true;
}

static bool read_type(struct client_filter *f, struct resp_writer *w, struct slice value)
{
    f->type = client_class_parse(value);
    if (f->type < 0)
        resp_errorf(w, "ERR Unknown client type '%.*s'", (int)(value.n < 128 ? value.n : 128),
                    value.p);
    return f->type >= 0;
}

static bool read_addr(struct client_filter *f, struct resp_writer *w, struct slice value)
{
    (void)w;
    f->addr = value;
    return true;
}

static bool read_laddr(struct client_filter *f, struct resp_writer *w, struct slice value)
{
    (void)w;
    f->laddr = value;
    return true;
}

static bool read_user(struct client_filter *f, struct resp_writer *w, struct slice value)
{
    (void)w;
    f->user = value;
    return true;
}

static bool read_skipme(struct client_filter *f, struct resp_writer *w, struct slice value)
{
    bool yes = slice_is_nocase(value, "yes");
    if (!yes && !slice_is_nocase(value, "no")) {
        resp_error(w, "ERR syntax error");
        return false;
    }
    f->skip_me = yes;
    return true;
}

static const struct {
    const char *name;
    bool (*read)(struct client_filter *f, struct resp_writer *w, struct slice value);
} filters[] = {
    { "id", read_id },       { "type", read_type }, { "addr", read_addr },
    { "laddr", read_laddr }, { "user", read_user }, { "skipme", read_skipme },
};

/* A user that is named must be there. */
static bool user_known(const struct client_filter *f, const struct acl *acl)
{
    if (!f->user.p)
        return true;
    return acl ? acl_find(acl, f->user) != NULL : slice_is(f->user, CLIENT_USER_DEFAULT);
}

/* Reads one pair. */
static bool read_pair(struct client_filter *f, struct resp_writer *w, struct slice name,
                      struct slice value)
{
    for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
        if (slice_is_nocase(name, filters[i].name))
            return filters[i].read(f, w, value);
    }
    resp_error(w, "ERR syntax error");
    return false;
}

bool client_filter_parse(struct client_filter *ret_filter, struct resp_writer *w, uint64_t me,
                               const struct acl *acl, size_t argc, const struct slice *argv)
{
    struct client_filter f = { .type = -1, .skip_me = true, .me = me };
    if (argc == 3) {
        f.addr = argv[2];
        f.skip_me = false;
        f.old_form = true;
    } else if (argc < 3 || argc % 2 != 0) {
        resp_error(w, "ERR syntax error");
        return false;
    }
    for (size_t i = 2; !f.old_form && i < argc; i += 2) {
        if (!read_pair(&f, w, argv[i], argv[i + 1]))
            return false;
        if (!user_known(&f, acl)) {
            resp_errorf(w, "ERR No such user '%.*s'", (int)(f.user.n < 128 ? f.user.n : 128),
                        f.user.p);
            return false;
        }
    }
    *ret_filter = f;
    return true;
}

bool client_filter_matches(const struct client_filter *f, const struct client *c)
{
    return (f->id == 0 || f->id == c->id) && (!f->addr.p || slice_is(f->addr, c->addr)) &&
           (!f->laddr.p || slice_is(f->laddr, c->laddr)) &&
           (!f->user.p || slice_is(f->user, client_user(c))) &&
           (f->type < 0 || f->type == (int)client_class(c)) && !(f->skip_me && f->me == c->id);
}
