#include "sentinel/config_value_io.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "quorum/hello.h"
#include "sentinel/config_io.h"
#include "sentinel/config_text_io.h"
#include "wire/addr.h"

/* "groups[4095].some_option" */
#define OPTION_PATH_MAX 256

/* "groups[0].host": the names and places from the root down. */
static size_t option_path(const config_setting_t *setting, char *ret_path, size_t size)
{
    if (!setting->parent)
        return 0;
    size_t n = option_path(setting->parent, ret_path, size);
    int wrote = setting->name
                    ? snprintf(ret_path + n, size - n, n ? ".%s" : "%s", setting->name)
                    : snprintf(ret_path + n, size - n, "[%d]", config_setting_index(setting));
    assert(wrote >= 0);
    return n + (size_t)wrote < size ? n + (size_t)wrote : size - 1;
}

bool config_fail(struct config_reader *rd, const config_setting_t *setting, const char *format, ...)
{
    char path[OPTION_PATH_MAX] = "";
    struct config_origin origin = config_text_origin(rd->text, config_setting_source_line(setting));
    option_path(setting, path, sizeof(path));

    int n = snprintf(rd->error, CONFIG_ERROR_MAX, "%s:%u: %s%s", origin.file, origin.file_line,
                     path, path[0] ? ": " : "");
    assert(n >= 0);
    if (n >= CONFIG_ERROR_MAX)
        return false;
    va_list args;
    va_start(args, format);
    vsnprintf(rd->error + n, (size_t)(CONFIG_ERROR_MAX - n), format, args);
    va_end(args);
    return false;
}

const char *config_type_name(const config_setting_t *setting)
{
    switch (config_setting_type(setting)) {
    case CONFIG_TYPE_GROUP:
        return "a section";
    case CONFIG_TYPE_INT:
    case CONFIG_TYPE_INT64:
        return "a whole number";
    case CONFIG_TYPE_FLOAT:
        return "a fraction";
    case CONFIG_TYPE_STRING:
        return "a string";
    case CONFIG_TYPE_BOOL:
        return "a boolean";
    case CONFIG_TYPE_ARRAY:
        return "an array";
    case CONFIG_TYPE_LIST:
        return "a list";
    default:
        return "nothing";
    }
}

static bool is_whole_number(const config_setting_t *setting)
{
    int type = config_setting_type(setting);
    return type == CONFIG_TYPE_INT || type == CONFIG_TYPE_INT64;
}

bool config_get_number(struct config_reader *rd, const config_setting_t *setting, int64_t min,
                       int64_t max, int64_t *ret)
{
    if (!is_whole_number(setting))
        return config_fail(rd, setting, "is %s, allowed are whole numbers from %lld to %lld",
                           config_type_name(setting), (long long)min, (long long)max);
    int64_t value = config_setting_type(setting) == CONFIG_TYPE_INT
                        ? config_setting_get_int(setting)
                        : config_setting_get_int64(setting);
    if (value < min || value > max)
        return config_fail(rd, setting, "%lld is out of range, allowed are %lld to %lld",
                           (long long)value, (long long)min, (long long)max);
    *ret = value;
    return true;
}

const char *config_get_text(struct config_reader *rd, const config_setting_t *setting,
                            const char *allowed)
{
    if (config_setting_type(setting) == CONFIG_TYPE_STRING)
        return config_setting_get_string(setting);
    config_fail(rd, setting, "is %s, allowed is %s", config_type_name(setting), allowed);
    return NULL;
}

bool config_get_addr(struct config_reader *rd, const config_setting_t *setting, struct addr *ret)
{
    const char *allowed = "a string with host:port";
    const char *text = config_get_text(rd, setting, allowed);
    if (!text)
        return false;
    if (!addr_parse(ret, text) || ret->port == 0)
        return config_fail(rd, setting, "\"%s\" is no address, allowed is %s", text, allowed);
    return true;
}

bool config_read_host(struct config_reader *rd, const config_setting_t *setting,
                      const struct config_option *option, void *into)
{
    struct addr *addr = (struct addr *)(void *)((char *)into + option->offset);
    const char *allowed = "a string with an address or a host name";
    const char *host = config_get_text(rd, setting, allowed);
    if (!host)
        return false;
    if (!addr_set(addr, host, addr->port))
        return config_fail(rd, setting, "\"%s\" can be no host, allowed is %s", host, allowed);
    return true;
}

bool config_read_port(struct config_reader *rd, const config_setting_t *setting,
                      const struct config_option *option, void *into)
{
    struct addr *addr = (struct addr *)(void *)((char *)into + option->offset);
    int64_t port = 0;
    if (!config_get_number(rd, setting, option->min, option->max, &port))
        return false;
    addr->port = (uint16_t)port;
    return true;
}

bool config_read_size(struct config_reader *rd, const config_setting_t *setting,
                      const struct config_option *option, void *into)
{
    int64_t value = 0;
    if (!config_get_number(rd, setting, option->min, option->max, &value))
        return false;
    *(size_t *)(void *)((char *)into + option->offset) = (size_t)value;
    return true;
}

bool config_read_path(struct config_reader *rd, const config_setting_t *setting,
                      const struct config_option *option, void *into)
{
    const char *path = config_get_text(rd, setting, "a string with the path of a folder");
    if (!path)
        return false;
    size_t len = strlen(path);
    if (len == 0 || len > (size_t)option->max)
        return config_fail(rd, setting, "is %s, allowed are 1 to %lld bytes",
                           len ? "too long" : "empty", (long long)option->max);
    memcpy((char *)into + option->offset, path, len + 1);
    return true;
}

bool config_read_bool(struct config_reader *rd, const config_setting_t *setting,
                      const struct config_option *option, void *into)
{
    if (config_setting_type(setting) != CONFIG_TYPE_BOOL)
        return config_fail(rd, setting, "is %s, allowed are true and false",
                           config_type_name(setting));
    *(bool *)(void *)((char *)into + option->offset) = config_setting_get_bool(setting) != 0;
    return true;
}

bool config_read_group_name(struct config_reader *rd, const config_setting_t *setting,
                            const struct config_option *option, void *into)
{
    const char *name = config_get_text(rd, setting, "a string with the group's name");
    if (!name)
        return false;
    if (!group_name_valid(name, strlen(name)))
        return config_fail(
            rd, setting,
            "\"%s\" can be no group's name, allowed are 1 to %d printable characters "
            "without space, comma and quotes",
            name, GROUP_NAME_MAX);
    memcpy((char *)into + option->offset, name, strlen(name) + 1);
    return true;
}
