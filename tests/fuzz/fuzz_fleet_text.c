/*
 * Texts that coder_fleet reads: its settings, cookies, the host's certificate. What is taken is of the form.
 */
#include <stdlib.h>
#include <string.h>

#include "fleet/certificate.h"
#include "fleet/cookie.h"
#include "fleet/settings.h"
#include "fuzz.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return 0;
}

static void read_settings(const char *text)
{
    static struct settings settings;
    char fault[SETTINGS_FAULT_SIZE] = "";

    memset(&settings, 0, sizeof settings);
    if (!settings_parse(text, &settings, fault)) {
        fuzz_require(settings.uri_count == 0 && fault[0] != '\0', "what is refused sets nothing, and says why");
        return;
    }
    fuzz_require(settings.uri_count >= 1 && settings.uri_count <= SETTINGS_URIS_MAX, "there is a server");
    for (size_t i = 0; i < settings.uri_count; i++)
        fuzz_require((strncmp(settings.uris[i], "ldaps://", 8) == 0 || strncmp(settings.uris[i], "ldap://", 7) == 0) &&
                         strpbrk(settings.uris[i], " \t,?@%#") == NULL,
                     "a URI is one server's");
    fuzz_require(strchr(settings.base, '=') != NULL && strchr(settings.host, '=') != NULL, "names are names");
}

static void read_cookie(const char *octets, size_t length)
{
    struct cookie cookie = { .count = COOKIE_SERVERS_MAX + 1 };
    char text[COOKIE_SIZE];

    if (!cookie_parse(octets, length, &cookie)) {
        fuzz_require(cookie.count == COOKIE_SERVERS_MAX + 1, "what is refused sets nothing");
        return;
    }
    cookie_write(&cookie, text);
    fuzz_require(strpbrk(text, " \n\"\\") == NULL, "a cookie is one word");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text;
    int64_t end;

    if (size == 0)
        return 0;
    text = fuzz_copy_text(data + 1, size - 1);
    switch (data[0] % 3) {
    case 0:
        read_settings(text);
        break;
    case 1:
        read_cookie(text, strlen(text));
        break;
    default:
        certificate_end(text, &end);
    }
    free(text);
    return 0;
}
