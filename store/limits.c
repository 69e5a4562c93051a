#include "store/limits.h"

const struct value_limits value_limits_default = {
    .hash_entries = 512,
    .hash_value = 64,
    .set_ints = 512,
    .set_entries = 128,
    .set_value = 64,
    .list_size = -2,
    .zset_entries = 128,
    .zset_value = 64,
};
