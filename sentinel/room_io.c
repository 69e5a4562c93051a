#include "sentinel/room_io.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct room {
    uv_loop_t *loop;
    uv_fs_t request;
    bool running;
    bool freed; /* as soon as that has ended */
    int64_t left_bytes;
    char path[];
};

static void measured(uv_fs_t *request)
{
    struct room *room = request->data;
    const uv_statfs_t *found = request->ptr;

    if (request->result == 0)
        room->left_bytes = (int64_t)(found->f_bavail * found->f_bsize);
    uv_fs_req_cleanup(request);
    room->running = false;
    if (room->freed)
        free(room);
}

static void measure(struct room *room)
{
    if (!room->running)
        room->running = uv_fs_statfs(room->loop, &room->request, room->path, measured) == 0;
}

struct room *room_new(uv_loop_t *loop, const char *path)
{
    struct room *room = calloc(1, sizeof *room + strlen(path) + 1);

    if (room == NULL)
        return NULL;
    room->loop = loop;
    room->request.data = room;
    room->left_bytes = -1;
    memcpy(room->path, path, strlen(path));
    measure(room);
    return room;
}

void room_free(struct room *room)
{
    if (room == NULL)
        return;
    room->freed = true;
    if (!room->running)
        free(room);
    else
        uv_cancel((uv_req_t *)&room->request);
}

int64_t room_left_bytes(struct room *room)
{
    measure(room);
    return room->left_bytes;
}
