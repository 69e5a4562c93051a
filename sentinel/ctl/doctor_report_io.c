#include "sentinel/ctl/doctor_report_io.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "notify/json_put_io.h"
#include "sentinel/ctl/doctor.h"
#include "sentinel/ctl/json_io.h"
#include "sentinel/ctl/link_io.h"

/* The status to exit with, by the worst that was found: 0, or one of these. */
#define EXIT_WARNINGS 3
#define EXIT_ERRORS   4

#define SEVERITIES 3

static const struct {
    const char *word, *colour, *name, *plural;
    int status;
} severities[SEVERITIES] = {
    [DOCTOR_NOTE] = { "note", "\033[36m", "note", "notes", 0 },
    [DOCTOR_WARNING] = { "warning", "\033[33m", "warning", "warnings", EXIT_WARNINGS },
    [DOCTOR_ERROR] = { "ERROR", "\033[1;31m", "error", "errors", EXIT_ERRORS },
};

struct report {
    bool coloured;
    size_t counts[SEVERITIES], checks;
    enum doctor_severity show; /* the worst come first: only this one now */
    json_t *findings;          /* NULL: they are printed */
};

static void print_finding(const struct report *report, const struct doctor_finding *finding)
{
    printf("%s%-8s%s", report->coloured ? severities[finding->severity].colour : "",
           severities[finding->severity].word, report->coloured ? "\033[0m" : "");
    ctl_print(finding->where);
    printf(": ");
    ctl_print(finding->what);
    printf("\n        what to do: ");
    ctl_print(finding->remedy);
    putchar('\n');
}

static json_t *finding_json(const struct doctor_finding *finding)
{
    json_t *object = json_object();

    json_put_text(object, "severity", severities[finding->severity].name);
    json_put_text(object, "where", finding->where);
    json_put_text(object, "what", finding->what);
    json_put_text(object, "remedy", finding->remedy);
    return object;
}

static void take_finding(void *arg, const struct doctor_finding *finding)
{
    struct report *report = arg;

    if (finding->severity != report->show)
        return;
    report->counts[finding->severity]++;
    if (report->findings)
        json_array_append_new(report->findings, finding_json(finding));
    else
        print_finding(report, finding);
}

/* Everything, the worst first; returns the status to exit with. */
static int find_all(struct report *report, const struct doctor_facts *facts)
{
    const struct doctor doctor = { take_finding, report };
    int status = 0;

    for (int severity = SEVERITIES; severity-- > 0;) {
        report->show = (enum doctor_severity)severity;
        report->checks = doctor_check(facts, &doctor);
        if (status == 0 && report->counts[severity] > 0)
            status = severities[severity].status;
    }
    return status;
}

static int print_all(const struct doctor_facts *facts)
{
    struct report report = { .coloured = isatty(STDOUT_FILENO) && !getenv("NO_COLOR") };
    int status = find_all(&report, facts);

    printf("%zu checks: %zu errors, %zu warnings, %zu notes\n", report.checks,
           report.counts[DOCTOR_ERROR], report.counts[DOCTOR_WARNING], report.counts[DOCTOR_NOTE]);
    return status;
}

static int print_json(const struct doctor_facts *facts)
{
    struct report report = { .findings = json_array() };
    int status = find_all(&report, facts);
    json_t *object = json_object();

    json_put_int(object, "checks", (int64_t)report.checks);
    for (int severity = SEVERITIES; severity-- > 0;)
        json_put_int(object, severities[severity].plural, (int64_t)report.counts[severity]);
    json_put(object, "findings", report.findings);
    return ctl_json_print(object) == 0 ? status : EXIT_FAILURE;
}

int doctor_report(const struct doctor_facts *facts, bool json)
{
    return json ? print_json(facts) : print_all(facts);
}
