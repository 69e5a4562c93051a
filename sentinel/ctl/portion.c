#include "sentinel/ctl/portion.h"

#include "store/dict.h"

/* The file's author is not a client who may choose keys that collide: no secret is needed. */
static const unsigned char seed[HASH_KEY_SIZE] = "picketctl reads";

void portion_init(struct portion *p)
{
    keyspace_init(&p->keys, seed);
    rdb_reader_init(&p->reader, &p->keys, -1);
    p->reader.reserve_left = 0;
}

void portion_done(struct portion *p)
{
    rdb_reader_done(&p->reader);
    keyspace_done(&p->keys);
}

enum rdb_read_status portion_read(struct portion *p, const char *data, size_t n, size_t *ret_used)
{
    if (keyspace_count_all(&p->keys) > 0) {
        keyspace_done(&p->keys);
        keyspace_init(&p->keys, seed);
    }
    return rdb_read(&p->reader, data, n, ret_used);
}

bool portion_each(struct portion *p, bool (*visit)(void *arg, unsigned db, struct entry *e),
                  void *arg)
{
    for (unsigned db = 0; db < DATABASES_MAX; db++) {
        struct dict_walk walk;
        struct dict_node *node;

        dict_walk_start(&walk, &p->keys.dbs[db].dict);
        while ((node = dict_walk_next(&walk)) != NULL) {
            if (!visit(arg, db, (struct entry *)node))
                return false;
        }
    }
    return true;
}
