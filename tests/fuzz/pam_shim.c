/*
 * What libpam loads in the fuzzer of PAM: entry points that lead to the module inside the program,
 * where its coverage is counted and its helper replaced.
 */
#include <security/pam_modules.h>

/* fuzz_pam.c; entry: the order below. */
int fuzz_enter(int entry, pam_handle_t *pamh, int flags, int argc, const char **argv);

int pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    return fuzz_enter(0, pamh, flags, argc, argv);
}

int pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    return fuzz_enter(1, pamh, flags, argc, argv);
}

int pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    return fuzz_enter(2, pamh, flags, argc, argv);
}

int pam_sm_open_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    return fuzz_enter(3, pamh, flags, argc, argv);
}

int pam_sm_close_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    return fuzz_enter(4, pamh, flags, argc, argv);
}

int pam_sm_chauthtok(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    return fuzz_enter(5, pamh, flags, argc, argv);
}
