#include "notify/webhook_io.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire/log_io.h"
#include "wire/sha256.h"

#define SIGNATURE  "X-Picket-Signature: sha256="
#define STATUS_OK  200
#define STATUS_END 300 /* those from OK to here are good */

/* A post that is under way. */
struct post {
    struct post *next;
    CURL *easy;
    struct curl_slist *headers;
    const char *shown;
    uint64_t id;
    webhook_done_fn *done;
    void *arg;
    char error[CURL_ERROR_SIZE];
};

/* A socket of libcurl's, while it wants to be watched. */
struct watch {
    uv_poll_t poll;
    struct webhooks *webhooks;
    curl_socket_t socket;
};

struct webhooks {
    uv_loop_t *loop;
    uv_timer_t timer;
    CURLM *multi;
    struct post *posts;
    size_t handles; /* not closed yet; at 0 all of it is freed */
};

static void handle_closed(struct webhooks *webhooks)
{
    if (--webhooks->handles == 0)
        free(webhooks);
}

/* --- what is done --- */

static void free_post(struct webhooks *webhooks, struct post *post)
{
    struct post **link = &webhooks->posts;

    while (*link != post)
        link = &(*link)->next;
    *link = post->next;
    curl_multi_remove_handle(webhooks->multi, post->easy);
    curl_easy_cleanup(post->easy);
    curl_slist_free_all(post->headers);
    free(post);
}

static void finish(struct webhooks *webhooks, struct post *post, CURLcode result)
{
    webhook_done_fn *done = post->done;
    void *arg = post->arg;
    uint64_t id = post->id;
    long status = 0;

    if (result == CURLE_OK)
        curl_easy_getinfo(post->easy, CURLINFO_RESPONSE_CODE, &status);
    if (result != CURLE_OK)
        log_notice("%s: %s", post->shown,
                   post->error[0] != '\0' ? post->error : curl_easy_strerror(result));
    else if (status < STATUS_OK || status >= STATUS_END)
        log_notice("%s: status %ld", post->shown, status);
    free_post(webhooks, post);
    done(arg, id, status);
}

/* What has come to its end since the last look. */
static void look(struct webhooks *webhooks)
{
    const CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(webhooks->multi, &left)) != NULL) {
        void *post = NULL;

        if (message->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&post);
        finish(webhooks, post, message->data.result);
    }
}

/* --- sockets and time --- */

static void watch_closed(uv_handle_t *handle)
{
    struct watch *watch = handle->data;
    struct webhooks *webhooks = watch->webhooks;

    free(watch);
    handle_closed(webhooks);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct watch *watch = poll->data;
    struct webhooks *webhooks = watch->webhooks;
    int flags = (events & UV_READABLE ? CURL_CSELECT_IN : 0) |
                (events & UV_WRITABLE ? CURL_CSELECT_OUT : 0) | (status < 0 ? CURL_CSELECT_ERR : 0);
    int running;

    curl_multi_socket_action(webhooks->multi, watch->socket, flags, &running);
    look(webhooks);
}

/* NULL: memory. */
static struct watch *watch_new(struct webhooks *webhooks, curl_socket_t socket)
{
    struct watch *watch = calloc(1, sizeof *watch);

    if (watch == NULL)
        return NULL;
    watch->webhooks = webhooks;
    watch->socket = socket;
    if (uv_poll_init_socket(webhooks->loop, &watch->poll, socket) != 0) {
        free(watch);
        return NULL;
    }
    watch->poll.data = watch;
    webhooks->handles++;
    curl_multi_assign(webhooks->multi, socket, watch);
    return watch;
}

static int on_socket(CURL *easy, curl_socket_t socket, int what, void *arg, void *of_socket)
{
    struct webhooks *webhooks = arg;
    struct watch *watch = of_socket;

    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        if (watch != NULL) {
            curl_multi_assign(webhooks->multi, socket, NULL);
            uv_poll_stop(&watch->poll);
            uv_close((uv_handle_t *)&watch->poll, watch_closed);
        }
        return 0;
    }
    if (watch == NULL && (watch = watch_new(webhooks, socket)) == NULL)
        return -1;
    uv_poll_start(&watch->poll,
                  (what & CURL_POLL_IN ? UV_READABLE : 0) |
                      (what & CURL_POLL_OUT ? UV_WRITABLE : 0),
                  on_poll);
    return 0;
}

static void on_time(uv_timer_t *timer)
{
    struct webhooks *webhooks = timer->data;
    int running;

    curl_multi_socket_action(webhooks->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    look(webhooks);
}

/* Also what is due at once waits for its own turn: libcurl must not be entered from within. */
static int on_timeout(CURLM *multi, long timeout_ms, void *arg)
{
    struct webhooks *webhooks = arg;

    (void)multi;
    if (timeout_ms < 0) {
        uv_timer_stop(&webhooks->timer);
        return 0;
    }
    uv_update_time(webhooks->loop);
    uv_timer_start(&webhooks->timer, on_time, (uint64_t)timeout_ms, 0);
    return 0;
}

/* --- what is posted --- */

static size_t throw_away(char *bytes, size_t size, size_t n, void *arg)
{
    (void)bytes;
    (void)arg;
    return size * n;
}

/* False: memory. */
static bool put_header(struct post *post, const char *text)
{
    struct curl_slist *longer = curl_slist_append(post->headers, text);

    if (longer != NULL)
        post->headers = longer;
    return longer != NULL;
}

static bool put_headers(struct post *post, const struct webhook *webhook)
{
    char line[sizeof SIGNATURE + SHA256_HEX_LEN] = SIGNATURE;

    if (!put_header(post, "Content-Type: application/json"))
        return false;
    return webhook->secret[0] == '\0' ||
           (sha256_hmac_hex(slice_str(webhook->secret), slice_str(webhook->body),
                            line + sizeof SIGNATURE - 1) &&
            put_header(post, line));
}

static bool set_up(struct post *post, const struct webhook *webhook)
{
    CURL *easy = post->easy;

    curl_easy_setopt(easy, CURLOPT_PRIVATE, post);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, post->error);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "picketd/" PICKET_VERSION);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, throw_away);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)webhook->timeout_ms);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, post->headers);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, webhook->body);
    if (webhook->ca_file[0] != '\0' &&
        curl_easy_setopt(easy, CURLOPT_CAINFO, webhook->ca_file) != CURLE_OK)
        return false;
    return curl_easy_setopt(easy, CURLOPT_URL, webhook->url) == CURLE_OK;
}

bool webhooks_post(struct webhooks *webhooks, const struct webhook *webhook)
{
    struct post *post = calloc(1, sizeof *post);

    if (post == NULL)
        return false;
    *post = (struct post){ .easy = curl_easy_init(),
                           .next = webhooks->posts,
                           .shown = webhook->shown,
                           .id = webhook->id,
                           .done = webhook->done,
                           .arg = webhook->arg };
    webhooks->posts = post;
    if (post->easy != NULL && put_headers(post, webhook) && set_up(post, webhook) &&
        curl_multi_add_handle(webhooks->multi, post->easy) == CURLM_OK)
        return true;
    free_post(webhooks, post);
    return false;
}

/* --- life --- */

struct webhooks *webhooks_new(uv_loop_t *loop)
{
    struct webhooks *webhooks = calloc(1, sizeof *webhooks);

    if (webhooks == NULL)
        return NULL;
    webhooks->loop = loop;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
        webhooks->multi = curl_multi_init();
    if (webhooks->multi == NULL) {
        free(webhooks);
        return NULL;
    }
    uv_timer_init(loop, &webhooks->timer);
    webhooks->timer.data = webhooks;
    webhooks->handles = 1;
    curl_multi_setopt(webhooks->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(webhooks->multi, CURLMOPT_SOCKETDATA, webhooks);
    curl_multi_setopt(webhooks->multi, CURLMOPT_TIMERFUNCTION, on_timeout);
    curl_multi_setopt(webhooks->multi, CURLMOPT_TIMERDATA, webhooks);
    return webhooks;
}

static void timer_closed(uv_handle_t *handle)
{
    handle_closed(handle->data);
}

void webhooks_stop(struct webhooks *webhooks)
{
    if (webhooks == NULL)
        return;
    while (webhooks->posts != NULL)
        free_post(webhooks, webhooks->posts);
    curl_multi_cleanup(webhooks->multi);
    uv_close((uv_handle_t *)&webhooks->timer, timer_closed);
}
