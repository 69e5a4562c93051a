#include "store/crc64.h"

#include <string.h>

enum { SLICES = 8 };

/* The polynomial with its bits reversed, since the checksum runs least significant bit first. */
#define POLYNOMIAL_REVERSED 0x95ac9329ac4bc9b5ULL

static uint64_t table[SLICES][256];

/* Fills table[0] bit by bit, then each further slice as "one more zero byte after the one before".
 */
static void build_tables(void)
{
    for (unsigned i = 0; i < 256; i++) {
        uint64_t crc = i;
        for (int bit = 0; bit < 8; bit++)
            crc = (crc & 1) ? (crc >> 1) ^ POLYNOMIAL_REVERSED : crc >> 1;
        table[0][i] = crc;
    }
    for (int s = 1; s < SLICES; s++) {
        for (unsigned i = 0; i < 256; i++)
            table[s][i] = (table[s - 1][i] >> 8) ^ table[0][table[s - 1][i] & 0xff];
    }
}

/* Eight bytes a step: each goes through the table of the distance it still has to travel. */
static uint64_t update_words(uint64_t crc, const unsigned char **p, size_t *len)
{
    while (*len >= 8) {
        uint64_t w;

        memcpy(&w, *p, 8);
        w ^= crc;
        crc = 0;
        for (int i = 0; i < SLICES; i++)
            crc ^= table[SLICES - 1 - i][(w >> (8 * i)) & 0xff];
        *p += 8;
        *len -= 8;
    }
    return crc;
}

uint64_t crc64_update(uint64_t crc, const void *data, size_t len)
{
    const unsigned char *p = data;

    if (table[0][1] == 0)
        build_tables();
    crc = update_words(crc, &p, &len);
    while (len-- > 0)
        crc = (crc >> 8) ^ table[0][(crc ^ *p++) & 0xff];
    return crc;
}
