#include "tests/unit/unit.h"

#include <string.h>

#include "sentinel/lineage.h"
#include "tests/unit/drive.h"

static struct lineage lineage;

/* An id of one letter. */
static const char *id(char letter)
{
    static char text[RUNID_LEN + 1];

    memset(text, letter, RUNID_LEN);
    return text;
}

static void test_push(void)
{
    lineage = (struct lineage){ 0 };
    CU_ASSERT(!lineage_push(&lineage, ""));
    CU_ASSERT_EQUAL(lineage_find(&lineage, ""), -1); /* unknown is not a history */
    CU_ASSERT(lineage_push(&lineage, id('a')));
    CU_ASSERT(!lineage_push(&lineage, id('a')));
    CU_ASSERT(lineage_push(&lineage, id('b')));
    CU_ASSERT_EQUAL(lineage_find(&lineage, id('b')), 0);
    CU_ASSERT_EQUAL(lineage_find(&lineage, id('a')), 1);
    CU_ASSERT_EQUAL(lineage_find(&lineage, id('c')), -1);
    CU_ASSERT(lineage_push(&lineage, id('a'))); /* it was known: moved, not doubled */
    CU_ASSERT_EQUAL(lineage_find(&lineage, id('b')), 1);
    for (char letter = 'c'; letter < 'c' + LINEAGE_MAX; letter++)
        CU_ASSERT(lineage_push(&lineage, id(letter)));
    CU_ASSERT_EQUAL(lineage_find(&lineage, id('c')), LINEAGE_MAX - 1);
    CU_ASSERT_EQUAL(lineage_find(&lineage, id('a')), -1);
}

static void test_text(void)
{
    char text[LINEAGE_TEXT_MAX], again[LINEAGE_TEXT_MAX];
    struct lineage read;

    lineage = (struct lineage){ 0 };
    for (int n = 0; n <= LINEAGE_MAX; n++) {
        lineage_format(&lineage, text);
        CU_ASSERT(lineage_parse(&read, text));
        lineage_format(&read, again);
        CU_ASSERT_STRING_EQUAL(text, again);
        lineage_push(&lineage, id((char)('a' + n)));
    }
    CU_ASSERT(!lineage_parse(&read, "abc"));
    CU_ASSERT(!lineage_parse(&read, " "));
    char more[LINEAGE_TEXT_MAX + RUNID_LEN + 1];

    snprintf(more, sizeof more, "%s %s", text, id('z'));
    CU_ASSERT(!lineage_parse(&read, more));
    more[strlen(more) - 1] = '\0';
    CU_ASSERT(!lineage_parse(&read, more + RUNID_LEN + 1));
}

/* What the core notes, and stores: the primary's own history, and that of a replica which has it
 * from a primary that has not told it. */
static void test_noted(void)
{
    static struct drive d;
    struct node_info info;

    drive_begin(&d, 2, 1, 1000);
    CU_ASSERT_EQUAL(lineage_find(&drive_group(&d)->lineage, id('A')), 0);
    info = d.nodes[0].info;
    memset(info.replid, 'B', RUNID_LEN);
    drive_observe(&d, drive_node(&d, 0)->id, LINK_CMD, EVIDENCE_INFO, &info);
    CU_ASSERT_PTR_NOT_NULL_FATAL(drive_row(&d, ROW_LINEAGE));
    CU_ASSERT_EQUAL(lineage_find(&drive_row(&d, ROW_LINEAGE)->lineage, id('B')), 0);
    CU_ASSERT_EQUAL(lineage_find(&drive_row(&d, ROW_LINEAGE)->lineage, id('A')), 1);
    drive_mark(&d);
    info = d.nodes[1].info; /* it is still in the old one: that is not news */
    drive_observe(&d, drive_node(&d, 1)->id, LINK_CMD, EVIDENCE_INFO, &info);
    CU_ASSERT_PTR_NULL(drive_row(&d, ROW_LINEAGE));
    memset(info.replid, 'C', RUNID_LEN);
    info.link_up = false;
    drive_observe(&d, drive_node(&d, 1)->id, LINK_CMD, EVIDENCE_INFO, &info);
    CU_ASSERT_PTR_NULL(drive_row(&d, ROW_LINEAGE));
    info.link_up = true;
    info.primary.port = 7002; /* from somebody else */
    drive_observe(&d, drive_node(&d, 1)->id, LINK_CMD, EVIDENCE_INFO, &info);
    CU_ASSERT_PTR_NULL(drive_row(&d, ROW_LINEAGE));
    info.primary.port = 7000;
    drive_observe(&d, drive_node(&d, 1)->id, LINK_CMD, EVIDENCE_INFO, &info);
    CU_ASSERT_PTR_NOT_NULL_FATAL(drive_row(&d, ROW_LINEAGE));
    CU_ASSERT_EQUAL(lineage_find(&drive_row(&d, ROW_LINEAGE)->lineage, id('C')), 0);
    drive_end(&d);
}

static const struct unit_case cases[] = {
    { "the newest first", test_push },
    { "text", test_text },
    { "what is noted", test_noted },
};

int main(void)
{
    return unit_main("lineage", cases, sizeof cases / sizeof *cases);
}
