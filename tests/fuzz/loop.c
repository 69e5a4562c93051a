/*
 * What libFuzzer does, for compilers that have none: inputs drawn from seeds by chance, without
 * looking where they lead.
 *
 *     TARGET [-count=N] [-seed=N] FOLDER...     every file of the folders as it is, then N
 * mutations of them TARGET FILE                               one input, as it was left behind by a
 * crash
 *
 * An input that kills the process is in the working directory then, in fuzz-crash-TARGET.
 */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "wire/buf.h"
#include "wire/prng.h"

#define INPUTS_MAX      4096
#define INPUT_BYTES_MAX ((size_t)256 * 1024)
#define MUTATIONS_MAX   6

static struct buf inputs[INPUTS_MAX];
static size_t inputs_count;
static char crash_file[PATH_MAX];
static struct prng prng;

static size_t below(size_t n)
{
    return (size_t)prng_below(&prng, n);
}

static void read_input(const char *path)
{
    struct buf *b = &inputs[inputs_count];
    FILE *f = fopen(path, "rb");
    size_t n;

    FUZZ_CHECK(f != NULL && inputs_count < INPUTS_MAX, "%s", path);
    buf_init(b, INPUT_BYTES_MAX);
    while (!b->overflow && (n = fread(buf_reserve(b, 4096), 1, 4096, f)) > 0)
        buf_commit(b, n);
    fclose(f);
    inputs_count += !b->overflow;
}

static void read_folder(const char *path)
{
    DIR *dir = opendir(path);
    struct dirent *item;
    char name[PATH_MAX];

    FUZZ_CHECK(dir != NULL, "%s", path);
    while ((item = readdir(dir)) != NULL) {
        snprintf(name, sizeof(name), "%.2000s/%.200s", path, item->d_name);
        if (item->d_name[0] != '.')
            read_input(name);
    }
    closedir(dir);
}

/* Leaves the input behind before it can do harm, where the dead process cannot. */
static void run(const struct buf *b)
{
    FILE *f = fopen(crash_file, "wb");
    uint8_t *copy;

    if (f != NULL) {
        fwrite(buf_data(b), 1, buf_used(b), f);
        fclose(f);
    }
    copy = fuzz_copy(buf_data(b), buf_used(b));
    LLVMFuzzerTestOneInput(copy, buf_used(b));
    free(copy);
}

/* --- mutations ---------------------------------------------------------------------------------
 */

static void flip(struct buf *b, size_t at)
{
    buf_data(b)[at] ^= (char)(1 << below(8));
}

static void set_odd(struct buf *b, size_t at)
{
    static const unsigned char odd[] = { 0,    1,    0x3f, 0x40, 0x7f, 0x80, 0x81, 0xbf, 0xc0,
                                         0xc3, 0xfe, 0xff, '0',  '9',  '*',  '$',  '-',  '\n' };

    buf_data(b)[at] = (char)odd[below(sizeof(odd))];
}

/* A number of 2, 4 or 8 bytes, in either order, near a limit. */
static void set_number(struct buf *b, size_t at)
{
    static const uint64_t near[] = { 0,         1,          127,       128,       255,
                                     256,       16383,      32767,     65535,     1 << 20,
                                     INT32_MAX, UINT32_MAX, INT64_MAX, UINT64_MAX };
    uint64_t v = near[below(sizeof(near) / sizeof(near[0]))] + below(3) - 1;
    size_t bytes = (size_t)2 << below(3);
    bool swapped = below(2) == 0;

    for (size_t i = 0; i < bytes && at + i < buf_used(b); i++)
        buf_data(b)[at + i] = (char)(v >> (8 * (swapped ? bytes - 1 - i : i)));
}

static void cut(struct buf *b, size_t at)
{
    size_t n = 1 + below(below(4) == 0 ? buf_used(b) - at : 8);

    if (n > buf_used(b) - at)
        n = buf_used(b) - at;
    memmove(buf_data(b) + at, buf_data(b) + at + n, buf_used(b) - at - n);
    buf_truncate(b, buf_used(b) - n);
}

/* A piece of another input, or of this one, goes in. */
static void splice(struct buf *b, size_t at)
{
    const struct buf *from = &inputs[below(inputs_count)];
    size_t start, n;

    if (buf_used(from) == 0)
        return;
    start = below(buf_used(from));
    n = 1 + below(below(4) == 0 ? buf_used(from) - start : 16);
    if (n > buf_used(from) - start)
        n = buf_used(from) - start;
    buf_insert(b, at, buf_data(from) + start, n);
}

static void mutate(struct buf *b)
{
    static void (*const ways[])(struct buf *, size_t) = { flip,       flip, set_odd, set_odd,
                                                          set_number, cut,  splice };

    for (size_t i = 1 + below(MUTATIONS_MAX); i > 0 && buf_used(b) > 0; i--)
        ways[below(sizeof(ways) / sizeof(ways[0]))](b, below(buf_used(b)));
}

/* --- the loop ----------------------------------------------------------------------------------
 */

int main(int argc, char **argv)
{
    unsigned long long count = 10000, seed = 1;
    const char *name = strrchr(argv[0], '/');
    struct stat st;

    snprintf(crash_file, sizeof(crash_file), "fuzz-crash-%.64s", name != NULL ? name + 1 : argv[0]);
    for (int i = 1; i < argc; i++) {
        if (sscanf(argv[i], "-count=%llu", &count) == 1 ||
            sscanf(argv[i], "-seed=%llu", &seed) == 1)
            continue;
        FUZZ_CHECK(stat(argv[i], &st) == 0, "%s is not there", argv[i]);
        if (S_ISDIR(st.st_mode)) {
            read_folder(argv[i]);
        } else {
            read_input(argv[i]);
            count = 0;
        }
    }
    FUZZ_CHECK(inputs_count > 0, "no input");
    prng_seed(&prng, seed);
    for (size_t i = 0; i < inputs_count; i++)
        run(&inputs[i]);
    for (unsigned long long i = 0; i < count; i++) {
        struct buf b;
        const struct buf *from = &inputs[below(inputs_count)];

        buf_init(&b, INPUT_BYTES_MAX);
        buf_append(&b, buf_data(from), buf_used(from));
        mutate(&b);
        run(&b);
        buf_done(&b);
    }
    remove(crash_file);
    printf("%zu inputs, %llu mutations, seed %llu\n", inputs_count, count, seed);
    return 0;
}
