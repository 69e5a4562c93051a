#include "store/auth.h"

#include <string.h>

#include "store/store.h"

/* Compares without telling by its time how much was right. */
static bool same_secret(struct slice given, const char *secret)
{
    size_t len = strlen(secret);
    unsigned char differs = given.n != len;

    for (size_t i = 0; i < given.n; i++)
        differs |= (unsigned char)given.p[i] ^ (unsigned char)(i < len ? secret[i] : 0);
    return differs == 0;
}

bool auth_client(struct store *s, struct client *c, struct slice user, struct slice password)
{
    const char *secret = option_text(&s->options, OPT_REQUIREPASS);

    if (slice_is(user, AUTH_USER) && (secret[0] == '\0' || same_secret(password, secret))) {
        c->flags |= CLIENT_AUTHENTICATED;
        return true;
    }
    resp_error(&c->reply, "WRONGPASS invalid username-password pair or user is disabled.");
    return false;
}

void auth_default(struct store *s, struct client *c)
{
    if (option_text(&s->options, OPT_REQUIREPASS)[0] == '\0')
        c->flags |= CLIENT_AUTHENTICATED;
    else
        c->flags &= ~(unsigned)CLIENT_AUTHENTICATED;
}
