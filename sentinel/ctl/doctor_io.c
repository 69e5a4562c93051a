/* picketctl doctor. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "sentinel/ctl/commands.h"
#include "sentinel/ctl/data_options_io.h"
#include "sentinel/ctl/doctor_link_io.h"
#include "sentinel/ctl/doctor_report_io.h"
#include "sentinel/ctl/doctor_seen_io.h"
#include "sentinel/ctl/link_io.h"
#include "sentinel/ctl/words_io.h"
#include "wire/loop_io.h"

#define RATE_MS 500 /* at least so long is watched how much a primary writes */

static void wait_ms(long ms)
{
    const struct timespec pause = { ms / 1000, ms % 1000 * 1000000 };

    nanosleep(&pause, NULL);
}

/* All nodes, and the primaries again a while later. */
static void look_at_nodes(struct doctor_facts *facts, const struct doctor_login *login)
{
    int64_t begin = loop_now_ms();

    for (size_t i = 0; i < facts->n_groups; i++)
        for (size_t k = 0; k < facts->groups[i].n_nodes; k++)
            doctor_look_at_node(&facts->groups[i].nodes[k], login);
    if (facts->n_groups > 0)
        wait_ms(RATE_MS);
    for (size_t i = 0; i < facts->n_groups; i++)
        if (facts->groups[i].n_nodes > 0 && facts->groups[i].nodes[0].reached)
            doctor_look_again(&facts->groups[i].nodes[0], login, begin);
}

int ctl_doctor(const struct ctl *ctl, int argc, char **argv)
{
    const char *user = NULL, *file = NULL, *as = NULL;
    bool json = false;
    const struct ctl_option options[] = {
        { "user", NULL, &user },
        { "pass-file", NULL, &file },
        { "as", NULL, &as },
        { "json", &json, NULL },
        { 0 },
    };
    const char *secret = getenv("PICKETCTL_AUTH");
    char password[NODE_SECRET_MAX] = "";
    struct doctor_facts facts;
    int n, status = EXIT_FAILURE;
    char **words = ctl_read_words(options, argc, argv, 0, 1, &n);

    if (secret && snprintf(password, sizeof(password), "%s", secret) >= (int)sizeof(password))
        ctl_misused(argv[0], "the password is too long", NULL);
    if (file)
        data_read_password(file, password);
    const struct doctor_login login = { user ? user : "", password, as };
    bool reached = doctor_look(&facts, ctl, n > 0 ? words[0] : NULL);
    if (reached && n > 0 && facts.n_groups == 0) {
        fprintf(stderr, "picketctl: there is no group \"%s\"\n", words[0]);
    } else {
        look_at_nodes(&facts, &login);
        int worst = doctor_report(&facts, json);
        status = reached ? worst : EXIT_FAILURE;
    }
    doctor_facts_done(&facts);
    return status;
}
