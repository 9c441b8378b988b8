/*
 * AppArmor seen by the doctor: a program that it confines reads the directory and executes the helper only by the rules
 * of ours that the abstractions "nameservice" and "authentication" include.
 */
#include "apparmor.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "host/text_file.h"
#include "nss_coder/directory.h"
#include "finding.h"

#define ABSTRACTIONS "/etc/apparmor.d/abstractions"

struct drop_in {
    const char *folder, *file, *path, *permissions, *why;
};

static const struct drop_in drop_ins[] = {
    { ABSTRACTIONS "/nameservice.d", ABSTRACTIONS "/nameservice.d/coder", DIRECTORY_PATH, "r",
      "services that AppArmor confines do not see our accounts" },
    { ABSTRACTIONS "/authentication.d", ABSTRACTIONS "/authentication.d/coder", CODER_HELPER, "PUx",
      "services that AppArmor confines refuse every login of our accounts" },
};

/* In the kernel, and with profiles on the disk to confine by. */
static bool confines(void)
{
    FILE *file = text_file_open("", "/sys/module/apparmor/parameters/enabled");
    bool enabled = file != NULL && fgetc(file) == 'Y';

    if (file != NULL)
        fclose(file);
    return enabled && access(ABSTRACTIONS, F_OK) == 0;
}

/* Outside comments; with which permissions is the administrator's choice. */
static bool names(const struct drop_in *drop_in)
{
    FILE *file = text_file_open("", drop_in->file);
    char line[512];
    bool found = false;

    while (!found && file != NULL && text_file_line(file, line, sizeof line))
        found = strstr(line, drop_in->path) != NULL;
    if (file != NULL)
        fclose(file);
    return found;
}

static void check_drop_in(struct doctor *doctor, const struct drop_in *drop_in)
{
    char what[CHECK_TEXT_SIZE], mend[CHECK_TEXT_SIZE];

    if (names(drop_in))
        return;
    check_report(doctor, SEVERITY_WARNING, "apparmor", drop_in->file,
                 check_text(what, "it has no rule for %s", drop_in->path),
                 drop_in->why,
                 check_text(mend, "mkdir -p %s && echo '  %s %s,' >>%s && systemctl reload apparmor", drop_in->folder,
                            drop_in->path, drop_in->permissions, drop_in->file));
}

void check_apparmor(struct doctor *doctor)
{
    if (!confines())
        return;
    for (size_t i = 0; i < sizeof drop_ins / sizeof drop_ins[0]; i++)
        check_drop_in(doctor, &drop_ins[i]);
}
