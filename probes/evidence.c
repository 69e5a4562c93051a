#include "probes/evidence.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

static const struct {
    const char *name;
    enum evidence_class class;
} evidences[EVIDENCE_COUNT] = {
#define X(id, name, class) { name, EVIDENCE_CLASS_##class },
    EVIDENCE_TABLE(X)
#undef X
};

/* First words of error replies and what they are evidence of. */
static const struct {
    const char *word;
    enum evidence evidence;
} error_words[] = {
    { "LOADING", EVIDENCE_LOADING }, { "MASTERDOWN", EVIDENCE_MASTERDOWN },
    { "BUSY", EVIDENCE_BUSY },       { "MISCONF", EVIDENCE_MISCONF },
    { "NOAUTH", EVIDENCE_DENIED },   { "WRONGPASS", EVIDENCE_DENIED },
    { "NOPERM", EVIDENCE_DENIED },
};

const char *evidence_name(enum evidence evidence)
{
    assert(evidence < EVIDENCE_COUNT);
    return evidences[evidence].name;
}

enum evidence_class evidence_class(enum evidence evidence)
{
    assert(evidence < EVIDENCE_COUNT);
    return evidences[evidence].class;
}

enum evidence evidence_of_error(const char *text)
{
    size_t len = strcspn(text, " ");

    for (size_t i = 0; i < sizeof error_words / sizeof *error_words; i++) {
        if (strlen(error_words[i].word) == len && memcmp(text, error_words[i].word, len) == 0)
            return error_words[i].evidence;
    }
    return EVIDENCE_ERROR;
}

const char *link_kind_name(enum link_kind link)
{
    static const char *const names[LINK_COUNT] = { "cmd", "pubsub", "write" };

    return names[link];
}
