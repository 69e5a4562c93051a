/*
 * doctor_report_io: what picketctl doctor found, the worst first: as lines, or as
 *
 *     {"checks":N, "errors":N, "warnings":N, "notes":N, "findings":[
 *         {"severity":"error"|"warning"|"note", "where":TEXT, "what":TEXT, "remedy":TEXT}, ...]}
 */
#ifndef SENTINEL_CTL_DOCTOR_REPORT_IO_H
#define SENTINEL_CTL_DOCTOR_REPORT_IO_H

#include <stdbool.h>

struct doctor_facts;

/* Checks and prints. Returns the status to exit with: 0, 3: warnings, 4: errors; 1: not printed. */
int doctor_report(const struct doctor_facts *facts, bool json);

#endif
