#include "sentinel/admin_own.h"
#include "sentinel/model.h"
#include "wire/client.h"

#define HIDDEN "******"

/* PICKET SETTINGS group: all of them, by their names for SENTINEL SET, in the table's order. */
void admin_picket_settings(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    const struct group *group = admin_find_group(app, c, argv[2]);
    char text[CONF_TEXT_MAX + 1];

    (void)argc;
    if (group == NULL)
        return;
    resp_map(&c->reply, group_table.n);
    for (size_t i = 0; i < group_table.n; i++) {
        const struct conf_option *option = &group_table.options[i];

        option_get(&group->conf, option, text);
        resp_bulk_str(&c->reply, option->wire_name);
        resp_bulk_str(&c->reply, option->secret && text[0] != '\0' ? HIDDEN : text);
    }
}
