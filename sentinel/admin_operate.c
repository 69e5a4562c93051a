/* PICKET PAUSE, RESUME, MAINTENANCE, FORGET: what operators hold back, and what is gone for good.
 */
#include "sentinel/admin_own.h"
#include "sentinel/hold.h"
#include "sentinel/input.h"
#include "wire/client.h"

#define BAD_TIME "ERR Invalid time: allowed are 1 to 2592000000 milliseconds (30 days)"

static void submit(struct admin *admin, struct client *c, struct request *request)
{
    request->ticket = admin_defer(admin, c, request->kind);
    if (request->ticket != 0)
        admin->ops.submit(admin->arg, request);
}

/* The name of a group that there is; false: the error has been written. */
static bool read_group(struct admin *admin, struct client *c, struct slice name,
                       struct request *request)
{
    if (!admin_find_group(admin, c, name))
        return false;
    slice_copy(name, request->name, sizeof(request->name));
    return true;
}

/* From now on; false: the error has been written. */
static bool read_time(struct admin *admin, struct client *c, struct slice text,
                      struct request *request)
{
    int64_t ms;

    if (!slice_to_int64(text, &ms) || ms < 1 || ms > HOLD_FOR_MAX_MS) {
        resp_error(&c->reply, BAD_TIME);
        return false;
    }
    request->for_ms = ms;
    request->wall_ms = admin_facts(admin).wall_ms;
    return true;
}

static bool read_node(struct client *c, struct slice host, struct slice port,
                      struct request *request)
{
    int64_t number;

    if (slice_to_int64(port, &number) && number >= 1 && number <= UINT16_MAX &&
        addr_set_slice(&request->addr, host.p, host.n, number))
        return true;
    resp_error(&c->reply, "ERR Invalid address of a node");
    return false;
}

/* PICKET PAUSE group ms */
void admin_picket_pause(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct request request = { .kind = REQUEST_HOLD };

    (void)argc;
    if (read_group(app, c, argv[2], &request) && read_time(app, c, argv[3], &request))
        submit(app, c, &request);
}

/* PICKET RESUME group */
void admin_picket_resume(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct request request = { .kind = REQUEST_HOLD };

    (void)argc;
    if (read_group(app, c, argv[2], &request))
        submit(app, c, &request);
}

/* PICKET MAINTENANCE group host port ON ms|OFF */
void admin_picket_maintenance(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct request request = { .kind = REQUEST_HOLD };
    bool on = argc == 7 && slice_is_nocase(argv[5], "on");

    if (!on && !(argc == 6 && slice_is_nocase(argv[5], "off"))) {
        resp_error(&c->reply, "ERR syntax error, allowed are ON <milliseconds> and OFF");
        return;
    }
    if (read_group(app, c, argv[2], &request) && read_node(c, argv[3], argv[4], &request) &&
        (!on || read_time(app, c, argv[6], &request)))
        submit(app, c, &request);
}

/* PICKET FORGET group NODE host port | PEER runid */
void admin_picket_forget(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct request request = { .kind = REQUEST_FORGET };
    bool node = argc == 6 && slice_is_nocase(argv[3], "node");

    if (!node && !(argc == 5 && slice_is_nocase(argv[3], "peer"))) {
        resp_error(&c->reply, "ERR syntax error, allowed are NODE <host> <port> and PEER <runid>");
        return;
    }
    if (!read_group(app, c, argv[2], &request) ||
        (node && !read_node(c, argv[4], argv[5], &request)))
        return;
    if (!node && !peer_runid_valid(argv[4].p, argv[4].n)) {
        resp_error(&c->reply, "ERR Invalid run id: allowed are 40 letters or digits");
        return;
    }
    if (!node)
        slice_copy(argv[4], request.runid, sizeof(request.runid));
    submit(app, c, &request);
}
