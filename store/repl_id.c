#include "store/repl_id.h"

#include "wire/prng.h"

void repl_id_draw(char ret_id[REPL_ID_SIZE], struct prng *prng)
{
    for (int i = 0; i < REPL_ID_LEN; i++)
        ret_id[i] = "0123456789abcdef"[prng_below(prng, 16)];
    ret_id[REPL_ID_LEN] = '\0';
}

void repl_id_clear(char ret_id[REPL_ID_SIZE])
{
    memset(ret_id, '0', REPL_ID_LEN);
    ret_id[REPL_ID_LEN] = '\0';
}

bool repl_id_set(char ret_id[REPL_ID_SIZE], struct slice text)
{
    if (text.n != REPL_ID_LEN)
        return false;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] <= ' ' || text.p[i] > '~')
            return false;
    }
    memcpy(ret_id, text.p, REPL_ID_LEN);
    ret_id[REPL_ID_LEN] = '\0';
    return true;
}

bool repl_id_is(const char id[REPL_ID_SIZE], struct slice text)
{
    return slice_is_nocase(text, id);
}
