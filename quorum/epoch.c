#include "quorum/epoch.h"

#include "wire/slice.h"

bool epoch_parse(uint64_t *ret_epoch, const char *text, size_t len)
{
    return slice_to_uint64((struct slice){ text, len }, ret_epoch);
}
