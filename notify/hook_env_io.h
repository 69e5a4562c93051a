/*
 * hook_env_io: the environment of a hook that is a program.
 */
#ifndef NOTIFY_HOOK_ENV_IO_H
#define NOTIFY_HOOK_ENV_IO_H

struct hook;

/* PICKET_<FIELD>=value for each field of BODY, a JSON object, and the variables that HOOK names: an
 * array to be given up by hook_env_free(). NULL: memory. */
char **hook_env(const struct hook *hook, const char *body);

/* NULL is fine. */
void hook_env_free(char **env);

#endif
