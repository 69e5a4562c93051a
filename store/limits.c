#include "store/limits.h"

const struct value_limits value_limits_default = { .hash_entries = 512, .hash_value = 64 };
