#include "tests/unit/unit.h"

#include "quorum/vote.h"

#define ANN "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define BOB "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

/* One vote in an epoch: a second one, even for the same candidate, changes nothing. */
static void test_once_per_epoch(void)
{
    struct vote vote = { 0 };

    CU_ASSERT(vote_grant(&vote, 5, ANN));
    CU_ASSERT_FALSE(vote_grant(&vote, 5, BOB));
    CU_ASSERT_FALSE(vote_grant(&vote, 5, ANN));
    CU_ASSERT(vote_is_for(&vote, 5, ANN));
    CU_ASSERT_FALSE(vote_is_for(&vote, 5, BOB));
}

static void test_never_back(void)
{
    struct vote vote = { 0 };

    CU_ASSERT(vote_grant(&vote, 5, ANN));
    CU_ASSERT_FALSE(vote_grant(&vote, 4, BOB));
    CU_ASSERT_FALSE(vote_grant(&vote, 0, BOB));
    CU_ASSERT_EQUAL(vote.epoch, 5);
    CU_ASSERT_STRING_EQUAL(vote.leader, ANN);
    CU_ASSERT(vote_grant(&vote, 6, BOB));
    CU_ASSERT(vote_is_for(&vote, 6, BOB));
    CU_ASSERT_FALSE(vote_is_for(&vote, 5, ANN));
}

/* Epochs are unsigned to the top; nothing follows the last one. */
static void test_top_of_the_range(void)
{
    struct vote vote = { 0 };

    CU_ASSERT(vote_grant(&vote, (uint64_t)INT64_MAX + 1, ANN));
    CU_ASSERT(vote_grant(&vote, UINT64_MAX, BOB));
    CU_ASSERT_FALSE(vote_grant(&vote, UINT64_MAX, ANN));
    CU_ASSERT_FALSE(vote_grant(&vote, 0, ANN));
}

static void test_never_voted(void)
{
    struct vote vote = { 0 };

    CU_ASSERT_FALSE(vote_grant(&vote, 0, ANN)); /* epoch 0 is before all elections */
    CU_ASSERT_FALSE(vote_is_for(&vote, 0, ANN));
    CU_ASSERT_EQUAL(vote.leader[0], '\0');
    CU_ASSERT(vote_grant(&vote, 1, ANN));
}

static const struct unit_case cases[] = {
    { "once per epoch", test_once_per_epoch },
    { "never back", test_never_back },
    { "top of the range", test_top_of_the_range },
    { "never voted", test_never_voted },
};

int main(void)
{
    return unit_main("vote", cases, sizeof cases / sizeof *cases);
}
