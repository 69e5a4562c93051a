#include "notify/hook_env_io.h"

#include <ctype.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "notify/hook.h"

#define PREFIX "PICKET_"

void hook_env_free(char **env)
{
    for (size_t i = 0; env != NULL && env[i] != NULL; i++)
        free(env[i]);
    free(env);
}

/* A field as text, to be freed: words as they are, all else as JSON has it. */
static char *text_of(const json_t *value)
{
    if (json_is_string(value))
        return strdup(json_string_value(value));
    return json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
}

/* "PICKET_NAME=value" */
static char *variable_of(const char *name, const json_t *value)
{
    char *text = text_of(value);
    char *variable = NULL;

    if (text != NULL && asprintf(&variable, PREFIX "%s=%s", name, text) < 0)
        variable = NULL;
    for (char *p = variable; p != NULL && *p != '='; p++)
        *p = (char)toupper((unsigned char)*p);
    free(text);
    return variable;
}

/* "NAME=value" as it is, "NAME" with the value that we have; "": we have none. */
static char *named(const char *name)
{
    char *variable = NULL;

    if (strchr(name, '=') != NULL)
        return strdup(name);
    const char *value = getenv(name);

    if (value == NULL)
        return strdup("");
    return asprintf(&variable, "%s=%s", name, value) < 0 ? NULL : variable;
}

/* Append; false: memory. */
static bool put(char **env, size_t *n, char *variable)
{
    if (variable == NULL)
        return false;
    if (variable[0] == '\0')
        free(variable);
    else
        env[(*n)++] = variable;
    return true;
}

static bool put_fields(char **env, size_t *n, json_t *object)
{
    const char *name;
    json_t *value;

    json_object_foreach(object, name, value)
    {
        if (!put(env, n, variable_of(name, value)))
            return false;
    }
    return true;
}

char **hook_env(const struct hook *hook, const char *body)
{
    json_t *object = json_loads(body, 0, NULL);
    char **env = calloc(json_object_size(object) + hook->n_variables + 1, sizeof *env);
    size_t n = 0;
    bool ok = env != NULL && put_fields(env, &n, object);

    for (size_t i = 0; ok && i < hook->n_variables; i++)
        ok = put(env, &n, named(hook->variables[i]));
    json_decref(object);
    if (ok)
        return env;
    hook_env_free(env);
    return NULL;
}
