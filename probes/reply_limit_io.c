#include "probes/reply_limit_io.h"

#if HIREDIS_MAJOR >= 1
typedef size_t elements_t;
#else
typedef int elements_t;
#endif

/* How hiredis makes replies, but for the size of arrays: it takes the other end's word for it, and
 * to free an array of 2^31 holds up the loop for seconds. */
static redisReplyObjectFunctions reply_functions;
static void *(*make_array)(const redisReadTask *task, elements_t elements);

static void *make_small_array(const redisReadTask *task, elements_t elements)
{
    return elements <= REPLY_ELEMENTS_MAX ? make_array(task, elements) : NULL;
}

void reply_limit_set(redisReader *reader)
{
    if (make_array == NULL) {
        make_array = reader->fn->createArray;
        reply_functions = *reader->fn;
        reply_functions.createArray = make_small_array;
    }
    reader->fn = &reply_functions;
}
