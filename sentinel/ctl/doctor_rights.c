#include "sentinel/ctl/doctor_rights.h"

#include <stddef.h>

const struct doctor_right_row doctor_rights[DOCTOR_RIGHT_COUNT] = {
#define X(id, severity, setting, rule, without, ...)                                               \
    { DOCTOR_##severity, setting, rule, without, { __VA_ARGS__ } },
    DOCTOR_RIGHTS(X)
#undef X
};
