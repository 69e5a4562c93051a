#include "wire/acl_fault.h"

#include <assert.h>

const char *acl_fault_text(enum acl_fault fault)
{
    static const char *const texts[] = { "",
#define X(id, text) text,
                                         ACL_FAULTS(X)
#undef X
    };
    assert(fault > ACL_FAULT_NONE && fault < sizeof(texts) / sizeof(texts[0]));
    return texts[fault];
}
