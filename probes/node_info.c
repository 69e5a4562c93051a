#include "probes/node_info.h"

#include <assert.h>
#include <string.h>

#include "wire/slice.h"
