/*
 * Sections of INFO that come out of the store's own counters.
 */
#ifndef STORE_STATS_TEXT_H
#define STORE_STATS_TEXT_H

struct buf;
struct command_stats;
struct error_stats;

/* errorstat_KIND:count=N, by name. */
void stats_text_errors(const struct error_stats *x, struct buf *to);

/* latency_percentiles_usec_COMMAND:p50=...,p99=...,p99.9=...: upper ends of classes of times, each
 * twice as long as the one before. */
void stats_text_latency(const struct command_stats *x, struct buf *to);

#endif
