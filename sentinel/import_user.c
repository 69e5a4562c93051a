#include <string.h>

#include "sentinel/import_own.h"
#include "wire/sha256.h"

#define IN_A_FILE "users stand in a file, as `aclfile` names it; move the lines `user ...` there"

/* Users stand in a file of their own; the default user is what requirepass says of it. */
void import_take_user(struct import *im)
{
    if (im->at->words.n > 2 && slice_is(im->at->words.list[1], "default"))
        im->default_user = im->at;
    else
        import_refuse(im, "cannot be carried over: %s", IN_A_FILE);
}

/* Whether WORD leaves the default user with all its rights. */
static bool grants_all(struct slice word)
{
    static const char *const words[] = { "on",
                                         "sanitize-payload",
                                         "skip-sanitize-payload",
                                         "~*",
                                         "allkeys",
                                         "&*",
                                         "allchannels",
                                         "+@all",
                                         "allcommands",
                                         "alldbs" };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (slice_is_nocase(word, words[i]))
            return true;
    return false;
}

/* Whether WORD says of the password what requirepass says. */
static bool same_password(const struct import *im, struct slice word)
{
    char hex[SHA256_HEX_LEN + 1];

    if (im->requirepass[0] == '\0')
        return slice_is_nocase(word, "nopass");
    if (word.n == 0)
        return false;
    struct slice rest = { word.p + 1, word.n - 1 };
    sha256_hex(slice_str(im->requirepass), hex);
    return (word.p[0] == '#' && slice_is(rest, hex)) ||
           (word.p[0] == '>' && slice_is(rest, im->requirepass));
}

/* `user default` must say what picketd does by itself: all rights, the password of requirepass. */
void import_check_default_user(struct import *im)
{
    const struct import_words *words = &im->default_user->words;
    size_t rights = 0, passwords = 0;
    bool on = false;

    for (size_t i = 2; i < words->n; i++) {
        rights += grants_all(words->list[i]);
        passwords += same_password(im, words->list[i]);
        on |= slice_is_nocase(words->list[i], "on");
    }
    im->at = im->default_user;
    if (on && passwords == 1 && rights + passwords == words->n - 2)
        import_note(im, im->at, true,
                    "the default user may do everything, with the password of "
                    "requirepass if there is one");
    else
        import_refuse(im, "cannot be carried over: it is not the default user with all rights and "
                          "the password of requirepass; move it to the file that aclfile names");
}
